// SPDX-License-Identifier: Apache-2.0
/** The workspace's map, or null while there is none. Apart from the rest, because browser tests look at it, too. */

import type { ReviewMap } from "../../map/boundaries/reviewMap";

let current: ReviewMap | null = null;

export function currentReview(): ReviewMap | null {
  return current;
}

export function setCurrentReview(review: ReviewMap | null): void {
  current = review;
}
