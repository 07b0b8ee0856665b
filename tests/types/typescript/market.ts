/** What a shop window needs from Steelyard: log in, browse, buy, sell. */
import createClient from "openapi-fetch";
import type { Item, Order, OrderCreate, Problem, Refusal, Token, paths } from "./openapi";

/** A client of one server; with a token, of somebody who is logged in. */
export function market(baseUrl: string, token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl, headers });
}

export type Market = ReturnType<typeof market>;

/** A refusal, as something to throw. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The body of an answer; a refusal is thrown. */
export function body<Data>(answer: { data?: Data; error?: Problem; response: Response }): Data {
  if (answer.response.ok) return answer.data as Data;
  throw new Refused(refusal(answer));
}

/** Why there is no body. What a proxy says in between is no problem of ours and has no type: that is thrown. */
export function refusal<Known extends Problem>({ error, response }: { error?: Known; response: Response }): Known {
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

/** All that can be bought, page by page; pages that are joined by cursors hold each item once. */
export async function* search(api: Market, words: string): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ; ) {
    const page = await found(api, words, cursor);
    yield* page.items;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

async function found(api: Market, words: string, cursor?: string) {
  return body(await api.GET("/items", { params: { query: { search: words, in_stock: true, cursor } } }));
}

/** Buys once, however often it is sent with the same key; the order, or what to tell the buyer. */
export async function buy(api: Market, order: OrderCreate, key: string): Promise<Order | string> {
  const answer = await api.POST("/orders", {
    params: { header: { "Idempotency-Key": key } },
    body: order,
  });
  return answer.data ?? sentence(refusal(answer));
}

/** A refusal that the contract gives to createOrder one day has no case here: then this does not compile. */
export function sentence(refusal: Refusal<"createOrder">): string {
  switch (refusal.type) {
    case "/problems/insufficient-stock":
      return refusal.items.map((item) => `Only ${item.available} left of ${item.product_id}.`).join(" ");
    case "/problems/price-changed":
      return `It costs ${refusal.total.amount / 100} ${refusal.total.currency} now.`;
    case "/problems/promotion-not-applicable":
      return `${refusal.code} cannot be used: ${refusal.reason}.`;
    case "/problems/validation-failed":
      return refusal.errors.map((error) => `${error.pointer ?? "request"}: ${error.msg}`).join("\n");
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
      return refusal.detail;
    case "/problems/idempotency-key-reused":
    case "/problems/not-acceptable":
    case "/problems/body-too-large":
    case "/problems/unsupported-media-type":
    case "/problems/internal-error":
      throw new Refused(refusal);
    default:
      // A page that was loaded yesterday may meet the server of tomorrow.
      return (refusal satisfies never as Problem).detail;
  }
}

/** Changes a title that nobody else has changed since the item was read; otherwise precondition-failed is thrown. */
export async function retitle(api: Market, item: Item, title: string): Promise<Item> {
  return body(
    await api.PATCH("/items/{item_id}", {
      params: { path: { item_id: item.id }, header: { "If-Match": `"${item.version}"` } },
      headers: { "Content-Type": "application/merge-patch+json" },
      body: { title },
    }),
  );
}
