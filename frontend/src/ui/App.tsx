// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
import { closeCard } from "../state/actions";
import { valuesLayer } from "../state/choropleth";
import { draft } from "../state/draft";
import { drawer } from "../state/drawer";
import { load } from "../state/session";
import { layerOf, phase, t } from "../state/store";
import { workspace } from "../state/workspace";
import { BottomLine } from "./BottomLine";
import { Card } from "./Card";
import { Feed } from "./Feed";
import { GatePage } from "./GatePage";
import { HoverTip } from "./HoverTip";
import { ImportDrawer } from "./ImportDrawer";
import { LayerPanel } from "./LayerPanel";
import { MapControls } from "./MapControls";
import { MapView } from "./MapView";
import { Notice } from "./Notice";
import { SetSwitch } from "./SetSwitch";
import { StatusBar } from "./StatusBar";
import { ToastLine } from "./ToastLine";
import { UnlocatedPanel } from "./UnlocatedPanel";
import { ValuesLegend } from "./ValuesLegend";
import { ValuesTable } from "./ValuesTable";
import { WorkDoor } from "./WorkDoor";

export function App() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // What was typed is not lost by a key: a form is left by its own button.
      if (event.key === "Escape" && !draft.value) closeCard();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  return (
    <div class="console">
      <StatusBar />
      {phase.value === "ready" ? <Work /> : <Waiting />}
      <ToastLine />
    </div>
  );
}

function Work() {
  const open = workspace.value;
  if (open?.view === "sources") return <WorkDoor work="sources" />;
  if (open?.view === "start" || open?.view === "draft") return <WorkDoor work="boundaries" />;
  return <Workspace />;
}

function Workspace() {
  const queue = workspace.value?.view === "unlocated" ? workspace.value : null;
  return (
    <>
      <LayerPanel />
      <main class="stage">
        <MapView />
        <SetSwitch />
        <MapControls />
        <ValuesLegend />
        <HoverTip />
        {drawer.value?.kind === "import" && <Import layer={drawer.value.layer} />}
        {drawer.value?.kind === "values" && valuesLayer.value && <ValuesTable />}
      </main>
      <aside class="panel panel-right">
        {queue ? <UnlocatedPanel layer={queue.layer} /> : <Feed />}
        <Card />
      </aside>
      <BottomLine />
    </>
  );
}

function Import({ layer }: { readonly layer: string }) {
  const found = layerOf(layer);
  return found?.editable ? <ImportDrawer layer={found} /> : null;
}

function Waiting() {
  if (phase.value === "gate") return <GatePage />;
  if (phase.value === "failed") {
    return (
      <div class="waiting">
        <Notice title={t("app.failed")} hint={t("app.failedHint")} onRetry={() => void load()} />
      </div>
    );
  }
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <p>{t("app.loading")}</p>
    </div>
  );
}
