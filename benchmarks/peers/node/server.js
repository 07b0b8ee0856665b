// fastify with JSON schemas for requests and responses, pg with prepared statements, fast-jwt. No log.
import { createHash, randomUUID } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import Fastify from 'fastify';
import pg from 'pg';
import * as schemas from './schemas.js';
import * as sql from './statements.js';

const MOST_PENDING = 20;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A Date has no microseconds, and writes milliseconds even where there are none. The connections' time zone is UTC.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL),
  options: '-c timezone=UTC',
  idleTimeoutMillis: 0,
});

const verify = createVerifier({ key: process.env.SECRET_KEY, algorithms: ['HS256'], allowedAud: 'steelyard', allowedIss: 'steelyard' });

class Rejected extends Error {
  constructor(statusCode, detail) {
    super(detail);
    this.statusCode = statusCode;
  }
}

const app = Fastify({ logger: false, ajv: { customOptions: { removeAdditional: false } } });
app.decorateRequest('buyerId', 0);
app.setErrorHandler((error, request, response) => {
  const status = error.validation ? 422 : (error.statusCode ?? 500);
  if (status === 500) console.error(error);
  response.code(status).send({ detail: error.message });
});

const usd = (amount) => ({ amount, currency: 'USD' });

function itemOf(row) {
  return {
    ...row,
    tags: JSON.parse(row.tags),
    image_urls: JSON.parse(row.image_urls),
    price: usd(row.price),
    on_hand: null,
    reserved: null,
  };
}

app.get('/health', { schema: { response: { 200: schemas.health } } }, async () => ({ status: 'ok' }));

app.get('/items/:itemId', { schema: { params: schemas.itemId, response: { 200: schemas.item } } }, async (request) => {
  const { rows } = await pool.query({ name: 'item', text: sql.ITEM, values: [request.params.itemId] });
  if (rows.length === 0) throw new Rejected(404, 'Item not found');
  return itemOf(rows[0]);
});

app.get('/items', { schema: { querystring: schemas.pageQuery, response: { 200: schemas.page } } }, async (request) => {
  const { skip, limit, cursor } = request.query;
  const { rows } =
    cursor === undefined
      ? await pool.query({ name: 'page', text: sql.PAGE, values: [limit + 1, skip] })
      : await pool.query({ name: 'page-after', text: sql.PAGE_AFTER, values: [limit + 1, ...opened(cursor)] });
  const hasMore = rows.length > limit;
  if (hasMore) rows.length = limit;
  return {
    items: rows.map(itemOf),
    skip: cursor === undefined ? skip : null,
    limit,
    total: cursor === undefined ? await total() : null,
    next_cursor: hasMore ? sealed(rows[limit - 1]) : null,
    search: null,
  };
});

const sealed = (row) => Buffer.from(JSON.stringify([row.created_at, row.id])).toString('base64url');

function opened(cursor) {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new Rejected(422, 'bad cursor');
  }
}

// Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured.
const counted = { at: -Infinity, total: 0 };
async function total() {
  if (performance.now() - counted.at > 5000) {
    const { rows } = await pool.query(sql.TOTAL);
    Object.assign(counted, { at: performance.now(), total: rows[0].total });
  }
  return counted.total;
}

async function authenticate(request) {
  try {
    request.buyerId = Number(verify((request.headers.authorization ?? '').replace('Bearer ', '')).sub);
  } catch {
    throw new Rejected(401, 'Could not validate credentials');
  }
}

app.post(
  '/orders',
  { onRequest: authenticate, schema: { body: schemas.draft, headers: schemas.keyed } },
  async (request, response) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { status, body, isFirst } = await placeOrder(client, request.buyerId, request.headers['idempotency-key'], request.body);
      await client.query('COMMIT');
      if (!isFirst) response.header('idempotency-replayed', 'true');
      // The stored response is sent as it is.
      return response.code(status).type('application/json').serializer((stored) => stored).send(body);
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  },
);

async function placeOrder(client, buyerId, key, { product_id: itemId, quantity }) {
  const run = (name, values) => client.query({ name, text: sql[name], values });
  const first = async (name, values) => (await run(name, values)).rows[0];
  const now = new Date();
  const fingerprint = createHash('sha256').update(`${itemId},${quantity}`).digest();
  const { rowCount } = await run('CLAIM', [buyerId, key, fingerprint, now]);
  if (rowCount === 0) {
    const claimed = await first('CLAIMED', [buyerId, key]);
    if (!claimed.fingerprint.equals(fingerprint)) throw new Rejected(422, 'This key was used for another request');
    return { status: claimed.status, body: claimed.body, isFirst: false };
  }
  const buyer = await first('BUYER', [buyerId]);
  if (buyer === undefined) throw new Rejected(401, 'Could not validate credentials');
  const taken = await first('TAKE_STOCK', [itemId, quantity]);
  if (taken === undefined) throw new Rejected(409, 'Item unavailable or out of stock');
  if (taken.owner_id === buyerId) throw new Rejected(422, "One's own items cannot be ordered");
  if (quantity > 100) throw new Rejected(422, 'Bulk orders over 100 need a discount code');

  const amount = taken.price * quantity;
  const address = buyer.street === null ? null : buyer;
  const expires = new Date(now.getTime() + WEEK_MS);
  const history = JSON.stringify([['pending', now.toISOString(), buyerId]]);
  const order = await first('ORDER', [
    buyerId, taken.owner_id, quantity, amount, address && JSON.stringify(address), history, key, expires, now, MOST_PENDING,
  ]);
  if (order === undefined) throw new Rejected(409, 'Too many pending orders');
  const line = await first('LINE', [order.id, itemId, taken.sku, taken.title, taken.price, quantity, amount]);
  const data = { order_id: order.id, buyer_id: buyerId, seller_id: taken.owner_id, status: 'pending', total: usd(amount), version: 1 };
  const audience = [buyerId, taken.owner_id].sort((left, right) => left - right);
  await run('EVENT', [randomUUID(), now, buyerId, order.id, randomUUID(), JSON.stringify(data), JSON.stringify(audience)]);

  const body = JSON.stringify({
    id: order.id,
    buyer_id: buyerId,
    seller_id: taken.owner_id,
    status: 'pending',
    payment_status: 'unpaid',
    lines: [
      {
        id: line.id,
        product_id: itemId,
        sku: taken.sku,
        title: taken.title,
        unit_price: usd(taken.price),
        quantity,
        discount: usd(0),
        tax: usd(0),
        total: usd(amount),
        refunded_quantity: 0,
        refunded: usd(0),
      },
    ],
    subtotal: usd(amount),
    discount: usd(0),
    tax: usd(0),
    total: usd(amount),
    refunded: usd(0),
    discount_code: null,
    shipping_address: address,
    payments: [],
    refunds: [],
    shipment: null,
    history: [{ status: 'pending', at: now, actor_id: buyerId }],
    expires_at: expires,
    created_at: now,
    updated_at: now,
    version: 1,
  });
  const headers = JSON.stringify([['content-type', 'application/json'], ['location', `/orders/${order.id}`]]);
  await run('COMPLETE', [buyerId, key, headers, Buffer.from(body), now]);
  return { status: 201, body, isFirst: true };
}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
