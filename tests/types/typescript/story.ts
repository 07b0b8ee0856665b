/** Buys and sells at a running demo; prints what came of it, one line for each thing. */
import { body, buy, logIn, market, ProblemError, retitle, search } from "./market.ts";

declare const process: { argv: string[] };

const url = process.argv[2] ?? "http://localhost:8000";

async function as(name: string) {
  return market(url, (await logIn(market(url), `${name}@example.com`, "steelyard demo")).access_token);
}

function tell(what: string, came: unknown) {
  console.log(JSON.stringify([what, came]));
}

const [alice, bob] = [await as("alice"), await as("bob")];
const seller = body(await alice.GET("/users/me"));
const shelf = [];
for await (const item of search(bob, "e")) shelf.push(item);
tell("items found", shelf.length);
tell("of them different", new Set(shelf.map((item) => item.id)).size);

const wanted = shelf.find((item) => item.owner_id === seller.id && item.available > 0 && item.available < 100);
if (wanted === undefined) throw new Error("Alice has nothing for Bob");
const bought = await buy(bob, { product_id: wanted.id, quantity: 1 }, "once");
const again = await buy(bob, { product_id: wanted.id, quantity: 1 }, "once");
tell("bought", typeof bought === "string" ? bought : bought.status);
tell("the same order", typeof bought !== "string" && typeof again !== "string" && bought.id === again.id);
tell("too many", await buy(bob, { lines: [{ product_id: wanted.id, quantity: 100 }] }, "many"));
tell("none", await buy(bob, { product_id: wanted.id, quantity: 0 }, "none"));
tell("a stranger", await buy(market(url), { product_id: wanted.id, quantity: 1 }, "stranger"));
tell("one's own", await buy(alice, { product_id: wanted.id, quantity: 1 }, "own"));

const seen = body(await alice.GET("/items/{item_id}", { params: { path: { item_id: wanted.id } } }));
tell("retitled", (await retitle(alice, seen, "A new title")).title);
tell("retitled once more", await retitle(alice, seen, "Another title").catch((thrown) => thrown instanceof ProblemError && thrown.problem.type));
