// SPDX-License-Identifier: Apache-2.0
/** Drafts for tests, with what a test does not care about filled in. */

import type { Change, Draft, Finding, Job, Summary } from "./types";

export function jobLike(part: Partial<Job>): Job {
  return { id: 1, kind: "check", state: "done", step: null, share: 1, problem: null, ...part };
}

export function summaryLike(part: Partial<Summary>): Summary {
  return {
    units: 32,
    unchanged: 31,
    changes: { reshaped: 1 },
    findings: { error: 0, warning: 0, info: 0 },
    blocking: 0,
    area_before_m2: 1e8,
    area_after_m2: 1e8,
    won_m2: 10,
    lost_m2: 10,
    sentence: { vi: "32 đơn vị", en: "32 units" },
    ...part,
  };
}

export function draftLike(part: Partial<Draft>): Draft {
  const title = { vi: "Bộ 2017", en: "Set of 2017" };
  return {
    id: 7,
    state: "checked",
    revision: 3,
    checked_revision: 3,
    title: "ranh",
    producer: null,
    file: { id: 1, name: "ranh.zip", size_bytes: 100 },
    base: { set: "city-2017", version: 1, number: 1, title },
    target: {
      set: "city-2017",
      title,
      valid_from: "2017-08-18",
      valid_to: null,
      approximate: false,
      attribution: null,
      licence: null,
    },
    scope: null,
    answers: {},
    remembered: false,
    repairs: [],
    unagreed: [],
    legal: null,
    sheets: [],
    questions: [],
    fields: [],
    effects: [],
    available_repairs: [],
    summary: summaryLike({}),
    consequences: [],
    version: 44,
    bbox: null,
    approval: { required: false, asked_by: null, asked_at: null, approved_by: null, approved_at: null },
    may: ["change", "repair", "publish", "withdraw"],
    publication: null,
    job: jobLike({}),
    created_by: "gis",
    created_at: "2026-11-22T00:00:00Z",
    updated_at: "2026-11-22T00:00:00Z",
    ...part,
  };
}

export function findingLike(part: Partial<Finding>): Finding {
  return {
    number: 1,
    code: "TOPO_OVERLAP",
    severity: "error",
    detail: { vi: "Chồng lấn", en: "Overlap" },
    units: ["05443"],
    measure: 10,
    measure_unit: "m2",
    threshold: 1,
    repair: null,
    waiver: null,
    blocking: true,
    ...part,
  };
}

export function changeLike(part: Partial<Change>): Change {
  return {
    number: 1,
    kinds: ["reshaped"],
    is_neighbour: false,
    code_before: "05443",
    code_after: "05443",
    name_before: "Trưng Vương",
    name_after: "Trưng Vương",
    type_before: "Phường",
    type_after: "Phường",
    area_before_m2: 100,
    area_after_m2: 110,
    won_m2: 10,
    lost_m2: 0,
    moved_m: 2,
    lineage: [],
    ...part,
  };
}
