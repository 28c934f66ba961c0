-- Draws on budgets, all of them or none, or with 'report' counts what was already let through.
--
-- KEYS: one hash per budget: start of a slice of time in ms -> how much was drawn in it.
-- ARGV: 'spend' or 'report', then limit, window in ms and count for each key.
-- Answers: 1 or 0, then for each key what is left and how many ms until the oldest of it comes back (spend: until
-- there is room, for those that had none).
--
-- A budget holds in every window, wherever it begins: what was drawn in a slice counts until the window has passed
-- since the slice's end. Small budgets have slices of 1 ms and are exact; larger ones have 20 slices a window, so a
-- hash stays small, and what was drawn comes back up to a twentieth of the window late.
local EXACT_LIMIT_MAX = 20
local SLICES = 20

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local report = ARGV[1] == 'report'
local budgets = {}
local allowed = 1

for i, key in ipairs(KEYS) do
  local limit, window, count = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  local slice = limit <= EXACT_LIMIT_MAX and 1 or math.ceil(window / SLICES)
  local flat = redis.call('HGETALL', key)
  local live, spent, used = {}, {}, 0
  for at = 1, #flat, 2 do
    local start, drawn = tonumber(flat[at]), tonumber(flat[at + 1])
    if start + slice - 1 + window <= now then
      spent[#spent + 1] = flat[at]
    else
      live[#live + 1] = { start, drawn }
      used = used + drawn
    end
  end
  table.sort(live, function(one, other) return one[1] < other[1] end)

  local over = used + count - limit
  local wait = live[1] and live[1][1] + slice - 1 + window - now or window
  if over > 0 and not report then
    allowed = 0
    wait = window
    local back = 0
    for _, entry in ipairs(live) do
      back = back + entry[2]
      if back >= over then
        wait = entry[1] + slice - 1 + window - now
        break
      end
    end
  end
  budgets[i] = {
    limit = limit, window = window, count = count, slice = slice,
    used = used, spent = spent, wait = wait, over = over > 0,
  }
end

local answer = { allowed }
for i, key in ipairs(KEYS) do
  local budget = budgets[i]
  if allowed == 1 then
    if #budget.spent > 0 then redis.call('HDEL', key, unpack(budget.spent)) end
    redis.call('HINCRBY', key, string.format('%.0f', now - now % budget.slice), budget.count)
    redis.call('PEXPIRE', key, budget.window + budget.slice)
    budget.used = budget.used + budget.count
  end
  answer[#answer + 1] = math.max(0, budget.limit - budget.used)
  answer[#answer + 1] = (allowed == 1 or budget.over) and budget.wait or 0
end
return answer
