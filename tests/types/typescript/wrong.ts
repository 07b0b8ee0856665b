/** Code that must not compile: if one of these lines compiled, the directive above it would be an error. */
import { market } from "./market.ts";
import type { Order, OrderStatus, Problem, UserView } from "./openapi";

const api = market("http://localhost:8000");
const params = { path: { order_id: 7 } };

// @ts-expect-error  no such path
await api.GET("/nope");
// @ts-expect-error  no such method there
await api.PUT("/orders/{order_id}", { params });
// @ts-expect-error  a variable of the path is missing
await api.GET("/orders/{order_id}");
// @ts-expect-error  a number, not its text
await api.GET("/items", { params: { query: { limit: "5" } } });
// @ts-expect-error  not a value of the enum
await api.GET("/items", { params: { query: { sort: "cheapest" } } });
// @ts-expect-error  no such parameter
await api.GET("/items", { params: { query: { colour: "red" } } });
// @ts-expect-error  an order requires an idempotency key
await api.POST("/orders", { body: { product_id: 7, quantity: 1 } });
// @ts-expect-error  neither of the two forms of an order
await api.POST("/orders", { params: { header: { "Idempotency-Key": "k" } }, body: { quantity: 1 } });
// @ts-expect-error  a member of the body is misspelt
await api.POST("/orders/{order_id}/cancel", { params, body: { reasons: "late" } });

const { data, error } = await api.GET("/orders/{order_id}", { params });
// @ts-expect-error  there may be no data
data.total;
if (data !== undefined) {
  // @ts-expect-error  no such member
  data.price;
  // @ts-expect-error  an amount and a currency, not a number
  data.total.toFixed();
  // @ts-expect-error  may be null
  data.discount_code.length;
}
// @ts-expect-error  getOrder does not have this problem
if (error?.type === "/problems/insufficient-stock") api;

// @ts-expect-error  not a state of an order
export const lost: OrderStatus = "lost";

export function stock(problem: Problem): number {
  // @ts-expect-error  most problems have no items
  problem.items;
  return problem.type === "/problems/insufficient-stock" ? problem.items.length : 0;
}

export function email(view: UserView): string {
  // @ts-expect-error  the public view has none
  view.email;
  return view.view === "full" ? view.email : "";
}

export function half(order: Order): string {
  switch (order.status) {
    case "pending":
    case "paid":
      return "open";
    default:
      // @ts-expect-error  four states are left
      return order.status satisfies never;
  }
}
