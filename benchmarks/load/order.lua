-- Orders, each with a new key. Sixty-four buyers take turns; after twenty orders each makes room for the next:
-- more may not be pending. BENCH_TOKENS holds one token a line; BENCH_BUYER and BENCH_LOAD keep the loads apart.
local TURNS, MOST_PENDING = 64, 20
local tokens = {}
for line in io.lines(os.getenv("BENCH_TOKENS")) do tokens[#tokens + 1] = line end
local first, load = tonumber(os.getenv("BENCH_BUYER")), os.getenv("BENCH_LOAD")
local sent = 0
math.randomseed(os.time())
request = function()
  local buyer = first + sent % TURNS + TURNS * math.floor(sent / TURNS / MOST_PENDING)
  sent = sent + 1
  local headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. tokens[buyer % #tokens + 1],
    ["Idempotency-Key"] = load .. "-" .. sent,
  }
  return wrk.format("POST", "/orders", headers, '{"product_id":' .. math.random(1, 100000) .. ',"quantity":2}')
end
