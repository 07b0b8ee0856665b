/** Buys and sells at a running demo, and prints each result on a line. */
import { body, buy, logIn, market, ProblemError, retitle, search } from "./market.ts";

declare const process: { argv: string[] };

const url = process.argv[2] ?? "http://localhost:8000";

async function as(name: string) {
  return market(url, (await logIn(market(url), `${name}@example.com`, "steelyard demo")).access_token);
}

function print(name: string, result: unknown) {
  console.log(JSON.stringify([name, result]));
}

const [alice, bob] = [await as("alice"), await as("bob")];
const seller = body(await alice.GET("/users/me"));
const items = [];
for await (const item of search(bob, "e")) items.push(item);
print("items found", items.length);
print("distinct items", new Set(items.map((item) => item.id)).size);

const offer = items.find((item) => item.owner_id === seller.id && item.available > 0 && item.available < 100);
if (offer === undefined) throw new Error("Alice sells no item that is in stock");
const bought = await buy(bob, { product_id: offer.id, quantity: 1 }, "once");
const again = await buy(bob, { product_id: offer.id, quantity: 1 }, "once");
print("bought", typeof bought === "string" ? bought : bought.status);
print("the same order", typeof bought !== "string" && typeof again !== "string" && bought.id === again.id);
print("too many", await buy(bob, { lines: [{ product_id: offer.id, quantity: 100 }] }, "many"));
print("none at all", await buy(bob, { product_id: offer.id, quantity: 0 }, "none"));
print("without a token", await buy(market(url), { product_id: offer.id, quantity: 1 }, "stranger"));
print("an item of the buyer", await buy(alice, { product_id: offer.id, quantity: 1 }, "own"));

const seen = body(await alice.GET("/items/{item_id}", { params: { path: { item_id: offer.id } } }));
print("retitled", (await retitle(alice, seen, "A new title")).title);
print("retitled with an old ETag", await retitle(alice, seen, "Another title").catch((thrown) => thrown instanceof ProblemError && thrown.problem.type));
