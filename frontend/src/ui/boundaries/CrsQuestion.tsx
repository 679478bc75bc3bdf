// SPDX-License-Identifier: Apache-2.0
import { formatLength } from "../../model/boundaries/measure";
import { framed, previewBox, svgPath } from "../../model/boundaries/preview";
import type { Answers, Choice, Question } from "../../model/boundaries/types";
import type { Bbox } from "../../model/types";
import { tb } from "../../state/boundaries/words";
import { activeSet, lang } from "../../state/store";
import { Section } from "./parts";
import { Needed, Use } from "./QuestionsTab";

const FRAME = { width: 132, height: 96, margin: 6 };

type Props = {
  readonly question: Question;
  readonly answers: Answers;
  readonly disabled: boolean;
  readonly onAnswer: (given: Answers) => void;
};

/** Each candidate as it would lie; the nearest first, as the server sorted them. */
export function CrsQuestion({ question, answers, disabled, onAnswer }: Props) {
  const place = activeSet.value?.bbox ?? null;
  return (
    <Section
      title={tb("question.crs")}
      hint={tb("question.crsHint")}
      action={<Needed isOpen={question.is_open} />}
    >
      <ul class="answers">
        {question.choices.map((choice) => {
          const swapped = choice.swap_axes ?? false;
          const chosen = answers.crs === choice.value && (answers.swap_axes ?? false) === swapped;
          return (
            <li key={`${choice.value}/${swapped}`} class="answer answer-crs">
              <Preview choice={choice} place={place} />
              <div class="answer-words">
                <strong>{choice.label}</strong>
                <span class="hint">{choice.value}</span>
                {swapped && <span class="hint">{tb("question.crsSwapped")}</span>}
                {choice.score !== null && (
                  <span class={choice.score < 500 ? "off off-near" : "off"}>
                    {tb("question.crsOff", { length: formatLength(choice.score, lang.value) })}
                  </span>
                )}
              </div>
              <Use
                chosen={chosen}
                disabled={disabled}
                onClick={() => onAnswer({ crs: choice.value, swap_axes: swapped })}
              />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** The dashed box is where the units lie today. */
function Preview({ choice, place }: { readonly choice: Choice; readonly place: Bbox | null }) {
  const own = previewBox(choice.preview);
  const box = framed([own, place]);
  if (!box || !own) return <span class="crs-preview crs-preview-none" aria-hidden="true" />;
  const home: GeoJSON.Geometry | null = place && {
    type: "Polygon",
    coordinates: [
      [
        [place[0], place[1]],
        [place[2], place[1]],
        [place[2], place[3]],
        [place[0], place[3]],
      ],
    ],
  };
  return (
    <svg
      class="crs-preview"
      viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
      width={FRAME.width}
      height={FRAME.height}
      role="img"
      aria-label={tb("question.crsPreview", { name: choice.label })}
    >
      <path class="crs-preview-home" d={svgPath(home, box, FRAME)} />
      <path class="crs-preview-shapes" d={svgPath(choice.preview, box, FRAME)} />
    </svg>
  );
}
