// SPDX-License-Identifier: Apache-2.0
/** Texts to be copied into a shell or a file; the same in both languages. */

import { pushAddress } from "../../api/sources/sources";

/** Sources are named with hyphens. */
export function sourceIdFor(system: string): string {
  return system.replaceAll("_", "-");
}

export function keyCommand(source: string): string {
  return `./toancanh key create --source ${source}`;
}

export function pushExample(source: string): string {
  return `curl ${pushAddress(source)} \\
  -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  --data @message.json`;
}

/** A file of the folder of sources that reads a JSON API on a schedule. */
export function pullSample(source: string, system: string, layer: string): string {
  return `# ${source}.yaml
id: ${source}
system: ${system}
title: {vi: "…", en: "…"}
connector: mapped
options:
  format: json
  layer: ${layer}
  records: data.items
  id: ma
  time: {path: ngay, format: "%d/%m/%Y %H:%M"}
  lon: kinh_do
  lat: vi_do
  fields: {name: ten}
door:
  kind: http
  url: …
  auth:
    kind: oauth2
    token_url: …
    client_id: …
    client_secret: {secret: ${source}-client}
every_s: 300
expected_every_s: 900`;
}
