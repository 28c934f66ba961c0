-- Draws on budgets for many callers at once, one group each: all budgets of a group or none; or with 'report' counts
-- what was already let through.
--
-- KEYS: one hash per budget, group by group: start of a slice of time in ms -> how much was drawn in it.
-- ARGV: 'spend' or 'report', then for each group how many budgets it has, and limit, window in ms and count of each.
-- Answers for each group: 1 or 0, then for each budget what is left and how many ms until the oldest of it comes back
-- (spend: until there is room, for those that had none).
--
-- A budget holds in every window, wherever it begins: what was drawn in a slice counts until the window has passed
-- since the slice's end. Small budgets have slices of 1 ms and are exact; larger ones have 20 slices a window, so a
-- hash stays small, and what was drawn comes back up to a twentieth of the window late.
local EXACT_LIMIT_MAX = 20
local SLICES = 20

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local report = ARGV[1] == 'report'

local function read(key, limit, window, count)
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
  return {
    key = key, limit = limit, window = window, count = count, slice = slice,
    used = used, spent = spent, wait = wait, over = over > 0,
  }
end

local function draw(budget)
  if #budget.spent > 0 then redis.call('HDEL', budget.key, unpack(budget.spent)) end
  redis.call('HINCRBY', budget.key, string.format('%.0f', now - now % budget.slice), budget.count)
  redis.call('PEXPIRE', budget.key, budget.window + budget.slice)
  budget.used = budget.used + budget.count
end

local answer = {}
local key, argument = 0, 1
while key < #KEYS do
  local size = tonumber(ARGV[argument + 1])
  argument = argument + 1
  local group, allowed = {}, 1
  for i = 1, size do
    local limit, window, count = tonumber(ARGV[argument + 1]), tonumber(ARGV[argument + 2]), tonumber(ARGV[argument + 3])
    group[i] = read(KEYS[key + i], limit, window, count)
    if group[i].over and not report then allowed = 0 end
    argument = argument + 3
  end
  key = key + size
  answer[#answer + 1] = allowed
  for _, budget in ipairs(group) do
    if allowed == 1 then draw(budget) end
    answer[#answer + 1] = math.max(0, budget.limit - budget.used)
    answer[#answer + 1] = (allowed == 1 or budget.over) and budget.wait or 0
  end
end
return answer
