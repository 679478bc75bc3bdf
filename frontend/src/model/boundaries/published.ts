// SPDX-License-Identifier: Apache-2.0
/** What was published, and what lies under a draft. */

import type { Bbox, Text } from "../types";
import type { Consequence, Job, Legal, StoredFile } from "./types";

export type Version = {
  readonly id: number;
  readonly set: string;
  readonly number: number | null;
  readonly status: "draft" | "published" | "superseded" | "withdrawn";
  readonly published_at: string | null;
  readonly superseded_at: string | null;
  readonly units: number;
  readonly bbox: Bbox | null;
  readonly draft: number | null;
};

export type Publication = {
  readonly id: number;
  readonly kind: "publish" | "rollback" | "import";
  readonly at: string;
  readonly by: string;
  readonly approved_by: string | null;
  readonly draft: number | null;
  readonly reverts: number | null;
  readonly unit_set: string;
  readonly version: number | null;
  readonly number: number | null;
  readonly effective_from: string | null;
  readonly legal: Legal | null;
  readonly reason: string | null;
  readonly consequences: readonly Consequence[] | null;
  readonly may: readonly "roll_back"[];
};

export type Underlay = {
  readonly id: number;
  readonly state: "checking" | "ready" | "refused" | "failed" | "cancelled";
  readonly file: StoredFile;
  readonly findings: readonly { readonly code: string; readonly detail: Text }[] | null;
  readonly min_zoom: number | null;
  readonly max_zoom: number | null;
  readonly bbox: Bbox | null;
  readonly job: Job | null;
};
