// SPDX-License-Identifier: Apache-2.0
/** Drafts, versions and publications of boundaries as the server tells them. */

import type { Geometry } from "geojson";
import type { Bbox, Text } from "../types";

export type DraftState =
  | "checking"
  | "questions"
  | "checked"
  | "refused"
  | "failed"
  | "cancelled"
  | "awaiting_approval"
  | "publishing"
  | "published"
  | "withdrawn";

export type Problem = { readonly code?: string; readonly detail?: string; readonly detail_vi?: string };

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export type Job = {
  readonly id: number;
  readonly kind: string;
  readonly state: JobState;
  readonly step: string | null;
  readonly share: number;
  readonly problem: Problem | null;
};

export type Severity = "reject" | "error" | "question" | "warning" | "info";

export type StoredFile = {
  readonly id: number;
  readonly name: string;
  readonly size_bytes: number;
  readonly sha256?: string;
};

export type Choice = {
  readonly value: string;
  readonly label: string;
  /** Metres for a coordinate system, known names for an encoding, features for a sheet. */
  readonly score: number | null;
  readonly swap_axes?: boolean;
  readonly preview: Geometry | null;
  readonly samples: readonly (readonly [string, string])[];
};

export type QuestionKind = "crs" | "encoding" | "fields" | "sheet";

export type Question = {
  readonly kind: QuestionKind;
  readonly is_open: boolean;
  readonly choices: readonly Choice[];
  readonly guess: Readonly<Record<string, string>>;
};

export type Answers = {
  readonly sheet?: string | null;
  readonly crs?: string | null;
  readonly swap_axes?: boolean;
  readonly encoding?: string | null;
  readonly fields?: Readonly<Record<string, string>>;
};

export type ChangeKind =
  | "added"
  | "removed"
  | "renamed"
  | "retyped"
  | "recoded"
  | "reshaped"
  | "split"
  | "merged";

export type Summary = {
  readonly units: number;
  readonly unchanged: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
  readonly findings: Readonly<Partial<Record<Severity, number>>>;
  readonly blocking: number;
  readonly area_before_m2: number | null;
  readonly area_after_m2: number | null;
  readonly won_m2: number;
  readonly lost_m2: number;
  readonly sentence: Text;
  /** Why the units cannot become a version yet. */
  readonly no_version?: Text | null;
};

export type Consequence = {
  readonly layer: string;
  readonly title: Text;
  readonly total: number;
  readonly changed: number;
  readonly gained?: number;
  readonly lost?: number;
  readonly moves: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly from_name?: string | null;
    readonly to_name?: string | null;
    readonly features: number;
  }[];
};

export type Legal = {
  readonly id: number;
  readonly number: string;
  readonly issuer: string;
  readonly title: string | null;
  readonly signed_on: string;
  readonly effective_on: string;
  readonly file: StoredFile | null;
};

export type RepairChoice = {
  readonly id: string;
  readonly title: Text;
  readonly proposed: boolean;
  readonly applied: boolean;
};

export type Effect = {
  readonly repair: string;
  readonly moved_m2: number;
  readonly units: readonly string[];
};

export type Target = {
  readonly set: string;
  readonly title: Text;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly approximate: boolean;
  readonly attribution: Text | null;
  readonly licence: string | null;
};

export type Right = "change" | "repair" | "publish" | "ask_approval" | "approve" | "withdraw" | "cancel";

export type DraftSummary = {
  readonly id: number;
  readonly state: DraftState;
  readonly title: string;
  readonly producer: string | null;
  readonly file: StoredFile;
  readonly target: Pick<Target, "set" | "title">;
  readonly summary: Summary | null;
  readonly job: Job | null;
  readonly approval: {
    readonly required: boolean;
    readonly asked_by: string | null;
    readonly asked_at: string | null;
    readonly approved_by: string | null;
    readonly approved_at: string | null;
  };
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
};

export type Draft = DraftSummary & {
  readonly revision: number;
  readonly checked_revision: number | null;
  readonly base: {
    readonly set: string;
    readonly version: number | null;
    readonly number: number | null;
    readonly title: Text;
    /** A newer version was published since the check. */
    readonly moved?: boolean;
  } | null;
  readonly target: Target;
  readonly scope: readonly string[] | null;
  readonly answers: Answers;
  readonly remembered: boolean;
  readonly repairs: readonly string[];
  readonly unagreed: readonly (readonly [string, string])[];
  readonly legal: Legal | null;
  readonly sheets: readonly {
    readonly id: string;
    readonly title: string;
    readonly features: number | null;
  }[];
  readonly questions: readonly Question[];
  readonly fields: readonly string[];
  /** Role to the column that it was read from; null before the file was read through. */
  readonly mapping?: Readonly<Record<string, string>> | null;
  readonly effects: readonly Effect[];
  readonly available_repairs: readonly RepairChoice[];
  readonly consequences: readonly Consequence[] | null;
  readonly version: number | null;
  readonly bbox: Bbox | null;
  readonly may: readonly Right[];
  readonly publication: number | null;
};

export type Waiver = { readonly why: string; readonly by: string; readonly at: string };

export type Finding = {
  readonly number: number;
  readonly code: string;
  readonly severity: Severity;
  readonly detail: Text;
  readonly units: readonly string[];
  readonly measure: number | null;
  readonly measure_unit: "m2" | "m" | "count" | "bytes" | null;
  readonly threshold: number | null;
  readonly repair: string | null;
  readonly waiver: Waiver | null;
  readonly blocking: boolean;
  readonly waivable?: boolean;
};

export type Change = {
  readonly number: number;
  readonly kinds: readonly ChangeKind[];
  readonly is_neighbour: boolean;
  readonly code_before: string | null;
  readonly code_after: string | null;
  readonly name_before: string | null;
  readonly name_after: string | null;
  readonly type_before: string | null;
  readonly type_after: string | null;
  readonly area_before_m2: number | null;
  readonly area_after_m2: number | null;
  readonly won_m2: number;
  readonly lost_m2: number;
  readonly moved_m: number | null;
  readonly lineage: readonly { readonly code: string; readonly share: number }[];
};

/** Shapes with what they stand for; a feature without a shape stands for something that has no place. */
export type Drawn<T> = {
  readonly type: "FeatureCollection";
  readonly features: readonly {
    readonly type: "Feature";
    readonly geometry: Geometry | null;
    readonly properties: T;
  }[];
};

export type ChangePart = Change & { readonly part?: "won" | "lost" | null };
