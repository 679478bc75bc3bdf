// SPDX-License-Identifier: Apache-2.0
import { templateUrl } from "../api/imports";
import { formatDateTime, formatNumber } from "../model/format";
import type { Layer } from "../model/types";
import { doneImports, importStep, previewFile, undo, undoing } from "../state/importing";
import { lang, t, text } from "../state/store";
import { Drawer } from "./Drawer";
import { DropZone } from "./DropZone";
import { Glyph } from "./glyphs";
import { ImportPreview } from "./ImportPreview";
import { FormProblem } from "./SignIn";

export function ImportDrawer({ layer }: { readonly layer: Layer }) {
  const step = importStep.value;
  return (
    <Drawer title={t("import.title", { title: text(layer.title) })}>
      <div class="drawer-scroll">
        {step.step === "choose" && <Choose layer={layer} problem={step.problem} />}
        {step.step === "working" && <Working {...step} />}
        {step.step === "preview" && <ImportPreview layer={layer} {...step} />}
        {step.step === "done" && (
          <div class="import-done" role="status">
            <Glyph name="check" size={22} />
            <p>
              {t("import.done", {
                added: formatNumber(step.answer.receipt.accepted, lang.value),
                changed: formatNumber(step.answer.receipt.changed, lang.value),
              })}
            </p>
          </div>
        )}
        {step.step === "done" && <Choose layer={layer} problem={null} />}
        {step.step !== "preview" && step.step !== "working" && <Recent />}
      </div>
    </Drawer>
  );
}

function Choose({ layer, problem }: { readonly layer: Layer; readonly problem: string | null }) {
  return (
    <section class="import-choose">
      <DropZone
        title={t("import.drop")}
        choose={t("import.choose")}
        kinds={t("import.kinds")}
        accept=".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onFile={(file) => void previewFile(layer.id, file)}
      />
      <FormProblem text={problem} />
      <p class="import-templates">
        {t("import.template")}
        {(["xlsx", "csv"] as const).map((format) => (
          <a key={format} class="link" href={templateUrl(layer.id, format)} download>
            <Glyph name="download" size={14} />
            {format === "xlsx" ? "Excel" : "CSV"}
          </a>
        ))}
      </p>
    </section>
  );
}

type WorkingProps = { readonly what: "read" | "write"; readonly share: number; readonly file: string };

function Working({ what, share, file }: WorkingProps) {
  const sent = share >= 1;
  const words = sent
    ? t(what === "read" ? "import.reading" : "import.writing")
    : t("import.sending", { n: Math.round(share * 100) });
  return (
    <div class="import-working" role="status">
      <p>{file}</p>
      <progress class="progress" max={1} {...(sent ? {} : { value: share })} />
      <p class="field-hint">{words}</p>
    </div>
  );
}

function Recent() {
  if (doneImports.value.length === 0) return null;
  return (
    <section class="card-section">
      <h3>{t("import.recent")}</h3>
      <ul class="import-recent">
        {doneImports.value.map((entry) => (
          <li key={entry.name}>
            <span class="import-file">{entry.file}</span>
            <span class="links-note">
              {formatDateTime(entry.at)} · +{formatNumber(entry.accepted, lang.value)} ·{" "}
              {formatNumber(entry.changed, lang.value)} {t("import.changed")}
            </span>
            <button
              type="button"
              class="button button-outline"
              disabled={undoing.value !== null}
              onClick={() => void undo(entry)}
            >
              <Glyph name="undo" size={16} />
              {t(undoing.value === entry.name ? "import.undoing" : "import.undo")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
