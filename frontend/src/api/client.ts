// SPDX-License-Identifier: Apache-2.0
/** fetch with the server's error shape (problem+json) turned into one exception. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** What else the problem says, such as how long to wait. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

type Problem = Readonly<Record<string, unknown>>;
export type Answer<T> = { readonly body: T; readonly headers: Headers };

/** Proves that a change comes from this page: other sites cannot read it. */
let csrfToken: string | null = null;
let refused: (code: string) => void = () => {};

export function setCsrf(token: string | null): void {
  csrfToken = token;
}

/** Called when a read is refused because of who asks, so that the page can ask for a name. */
export function onRefused(listener: (code: string) => void): void {
  refused = listener;
}

const WHO_CODES = new Set(["sign_in_required", "password_change_required"]);

export function problemOf(status: number, body: unknown): ApiError {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Problem;
  const detail = problem.detail ?? problem.title ?? "";
  const error = new ApiError(status, String(problem.code ?? "unknown"), String(detail), problem);
  if (WHO_CODES.has(error.code)) refused(error.code);
  return error;
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw problemOf(response.status, await response.json().catch(() => ({})));
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    headers: { Accept: "application/json, application/geo+json" },
    ...(signal && { signal }),
  });
  return (await (await checked(response)).json()) as T;
}

export type Change = {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A change by the session: carries its token, answers body and headers. */
export async function send<T>({ method, path, body, headers }: Change): Promise<Answer<T>> {
  const response = await fetch(path, {
    method,
    headers: {
      ...changeHeaders(),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await checked(response);
  const text = await response.text();
  return { body: (text ? JSON.parse(text) : null) as T, headers: response.headers };
}

export function changeHeaders(): Record<string, string> {
  return { Accept: "application/json", ...(csrfToken && { "X-CSRF-Token": csrfToken }) };
}

/** Query strings without the empty ones; commas stay readable. */
export function query(parameters: Readonly<Record<string, string | number | null | undefined>>): string {
  const parts = Object.entries(parameters)
    .filter((entry): entry is [string, string | number] => entry[1] !== null && entry[1] !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(String(value)).replaceAll("%2C", ",").replaceAll("%3A", ":")}`,
    );
  return parts.length ? `?${parts.join("&")}` : "";
}
