// JSON schemas. fastify validates requests by them, and compiles those of responses into serializers.
const integer = { type: 'integer' };
const string = { type: 'string' };
const strings = { type: 'array', items: string };
const orNull = (schema) => ({ ...schema, nullable: true });
const object = (properties) => ({ type: 'object', properties });
const listOf = (items) => ({ type: 'array', items });
const money = object({ amount: integer, currency: string });

export const health = object({ status: string });

export const itemId = object({ itemId: { type: 'integer', minimum: 1 } });

export const item = object({
  id: integer,
  owner_id: integer,
  sku: orNull(string),
  title: string,
  description: string,
  category: orNull(string),
  tags: strings,
  image_urls: strings,
  price: money,
  status: string,
  available: integer,
  on_hand: orNull(integer),
  reserved: orNull(integer),
  created_at: string,
  updated_at: string,
  version: integer,
});

export const pageQuery = object({
  skip: { type: 'integer', minimum: 0, maximum: 10000, default: 0 },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  cursor: string,
});

export const page = object({
  items: listOf(item),
  skip: orNull(integer),
  limit: integer,
  total: orNull(integer),
  next_cursor: orNull(string),
  search: orNull(string),
});

export const draft = {
  ...object({ product_id: { type: 'integer', minimum: 1 }, quantity: { type: 'integer', minimum: 1, maximum: 1000 } }),
  required: ['product_id', 'quantity'],
  additionalProperties: false,
};

export const keyed = {
  ...object({ 'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 } }),
  required: ['idempotency-key'],
};
