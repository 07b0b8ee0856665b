/** A front end for Steelyard: log in, browse, buy, sell. */
import createClient from "openapi-fetch";
import type { Item, Order, OrderCreate, Problem, Refusal, Token, paths } from "./openapi";

/** A client of one server. With a token, its requests are those of a user who is logged in. */
export function market(baseUrl: string, token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl, headers });
}

export type Market = ReturnType<typeof market>;

/** A problem that can be thrown. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The body of a successful response. A problem is thrown. */
export function body<Data>(result: { data?: Data; error?: Problem; response: Response }): Data {
  if (result.response.ok) return result.data as Data;
  throw new ProblemError(problem(result));
}

/** The problem of a failed request. An error response of a proxy is not a problem of the contract, so it is thrown. */
export function problem<Known extends Problem>({ error, response }: { error?: Known; response: Response }): Known {
  if (error?.type?.startsWith("/problems/")) return error;
  throw new Error(`${response.status} without a problem`);
}

export async function logIn(api: Market, username: string, password: string): Promise<Token> {
  return body(
    await api.POST("/token", {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: { username, password },
    }),
  );
}

/** All items on sale that match, page by page. Pages that are joined by cursors have each item once. */
export async function* search(api: Market, words: string): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ; ) {
    const current = await page(api, words, cursor);
    yield* current.items;
    if (current.next_cursor === null) return;
    cursor = current.next_cursor;
  }
}

async function page(api: Market, words: string, cursor?: string) {
  return body(await api.GET("/items", { params: { query: { search: words, in_stock: true, cursor } } }));
}

/** Buys once, however often it is called with the same key. Returns the order, or a sentence for the buyer. */
export async function buy(api: Market, order: OrderCreate, key: string): Promise<Order | string> {
  const result = await api.POST("/orders", {
    params: { header: { "Idempotency-Key": key } },
    body: order,
  });
  return result.data ?? sentence(problem(result));
}

/** If the contract adds a problem to createOrder, this does not compile until it has a case. */
export function sentence(problem: Refusal<"createOrder">): string {
  switch (problem.type) {
    case "/problems/insufficient-stock":
      return problem.items.map((item) => `Only ${item.available} left of ${item.product_id}.`).join(" ");
    case "/problems/price-changed":
      return `It costs ${problem.total.amount / 100} ${problem.total.currency} now.`;
    case "/problems/promotion-not-applicable":
      return `${problem.code} cannot be used: ${problem.reason}.`;
    case "/problems/validation-failed":
      return problem.errors.map((error) => `${error.pointer ?? "request"}: ${error.msg}`).join("\n");
    case "/problems/not-authenticated":
    case "/problems/invalid-token":
      return "Please log in.";
    case "/problems/rate-limited":
    case "/problems/unavailable":
    case "/problems/idempotency-in-progress":
      return "Please try again in a moment.";
    case "/problems/item-unavailable":
    case "/problems/limit-reached":
    case "/problems/mixed-sellers":
    case "/problems/own-item":
    case "/problems/currency-mismatch":
    case "/problems/insufficient-scope":
    case "/problems/email-not-verified":
      return problem.detail;
    case "/problems/idempotency-key-reused":
    case "/problems/not-acceptable":
    case "/problems/body-too-large":
    case "/problems/unsupported-media-type":
    case "/problems/internal-error":
      throw new ProblemError(problem);
    default:
      // A page that was loaded yesterday may call a newer server.
      return (problem satisfies never as Problem).detail;
  }
}

/** Changes a title. If the item has changed since it was read, precondition-failed is thrown. */
export async function retitle(api: Market, item: Item, title: string): Promise<Item> {
  return body(
    await api.PATCH("/items/{item_id}", {
      params: { path: { item_id: item.id }, header: { "If-Match": `"${item.version}"` } },
      headers: { "Content-Type": "application/merge-patch+json" },
      body: { title },
    }),
  );
}
