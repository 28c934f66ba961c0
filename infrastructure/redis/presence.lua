-- Which nodes have sockets of a user.
--
-- KEYS: one sorted set per user: node -> when its word ends, in ms of the server's clock.
-- ARGV: 'renew', 'leave' or 'read', the node, and for how many ms its word is good.
-- Answers, for each key, how many nodes' words are good: before the renewal, after the leaving, now.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local mode, node, life = ARGV[1], ARGV[2], tonumber(ARGV[3])
local answers = {}

for i, key in ipairs(KEYS) do
  if mode == 'leave' then redis.call('ZREM', key, node) end
  answers[i] = redis.call('ZCOUNT', key, '(' .. now, '+inf')
  if mode == 'renew' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    redis.call('ZADD', key, now + life, node)
    redis.call('PEXPIRE', key, life)
  end
end

return answers
