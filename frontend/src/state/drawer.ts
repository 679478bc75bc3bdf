// SPDX-License-Identifier: Apache-2.0
/** The one panel that may lie over the map's right side. */

import { signal } from "@preact/signals";

export type DrawerContent = { readonly kind: "values" } | { readonly kind: "import"; readonly layer: string };

export const drawer = signal<DrawerContent | null>(null);

export function closeDrawer(): void {
  drawer.value = null;
}
