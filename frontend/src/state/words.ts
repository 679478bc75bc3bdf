// SPDX-License-Identifier: Apache-2.0
/** Words for codes that come from the server; a newer one may have others. */

import { translateOr } from "../i18n/translate";
import { lang } from "./store";

export function queueReason(reason: string | null): string {
  return reason ? translateOr(lang.value, `queue.reason.${reason}`, reason) : "";
}
