local calls = {}
local OK = '+'

do

-- ---- The calls. Arguments 1 and 2 are the version that the client speaks and the time ('': the server's clock).


-- ---- Submission

local function digest_of(spec) return string.sub(spec, 5, 4 + unpack_bytes('<I4', spec)) end

local function new_job(args)
  Q.last_job, Q.jobs = Q.last_job + 1, Q.jobs + 1
  local job = { number = Q.last_job, sealed = false, paused = false, cancelled = false, removed = false,
                servable = false, vtime = 0, documents = 0, cursor = 0, waiting = 0, leased = 0, retrying = 0, done = 0,
                failed = 0, dropped = 0, partial = 0, pages = 0, created = now, touched = now, finished = 0,
                version = 1, singles = 0, runs = 0, leases = 0, chunks = 0, pieces = 0, tail = 0,
                hedges = 0 }
  job.id, job.key, job.needs, job.priority = args[5], args[6], args[7], tonumber(args[8])
  job.max_attempts, job.max_deliveries = tonumber(args[9]), tonumber(args[10])
  job.backoff_base, job.backoff_cap, job.ttl = tonumber(args[11]), tonumber(args[12]), tonumber(args[13])
  remember(job)
  jobs[job.number] = job
  call('HSET', K.specs, job.number, args[14])
  call('ZADD', K.ids, job.number, job.id)
  call('ZADD', K.open, now, job_member(job.number))
  if job.key ~= '' then call('HSET', K.keys, job.key, job.number) end
  return job
end

local function created(job, existed)
  return OK .. text(job.id) .. pack('<BI8B', existed and 1 or 0, job.documents, job.sealed and 1 or 0)
end

local function create_now(args)
  local known = args[6] ~= '' and call('HGET', K.keys, args[6])
  if not known then return created(new_job(args), false) end
  local job = job_at(tonumber(known))
  if digest_of(call('HGET', K.specs, known)) ~= digest_of(args[14]) then
    return conflict(job.id, 'was submitted with the same idempotency key and something else in it')
  end
  return created(job, true)
end

-- client, sequence, id for a new job, idempotency key, needs, priority, max_attempts, max_deliveries, backoff_base,
-- backoff_cap, result_ttl, spec (its digest first)
function calls.create(args)
  clear_in_passing()
  local client, sequence = args[3], tonumber(args[4])
  local answer, refusal = replay(client, sequence, 'create')
  if answer or refusal then return answer or refusal end
  -- Sixteen random letters do not come twice, but if they did, two jobs would be one.
  if call('ZSCORE', K.ids, args[5]) or call('ZSCORE', K.removed, args[5]) then
    return refused('internal', 'the id ' .. args[5] .. ' was drawn twice: submit again')
  end
  answer = create_now(args)
  remember_answer(client, sequence, 'create', answer)
  return answer
end

-- id, index of the first name, count, chunks of names
function calls.add(args)
  clear_in_passing()
  local job = find_job(args[3])
  if not job then return no_job(args[3]) end
  if job.sealed then return conflict(job.id, 'is sealed and takes no more documents') end
  if job.cancelled then return conflict(job.id, 'is cancelled and takes no more documents') end
  local first, count = tonumber(args[4]), tonumber(args[5])
  job.touched = now
  call('ZADD', K.open, now, job_member(job.number))
  if first + count <= job.documents then return OK end
  if first ~= job.documents then
    return conflict(job.id, string.format('has %.0f documents; names from number %.0f on do not fit there',
                                          job.documents, first))
  end
  append_names(job, count, args, 6)
  return OK
end

function calls.seal(args)
  clear_in_passing()
  local job = find_job(args[3])
  if not job then return no_job(args[3]) end
  if job.cancelled then return conflict(job.id, 'is cancelled') end
  if not job.sealed then call('ZREM', K.open, job_member(job.number)) end
  job.sealed = true
  return OK
end

-- ---- Nodes

local function exchange_now(request, args)
  local stale = complete_all(args[12], args[13], args, 14)
  settle_all()
  serve_all(request)
  local more, tokens = next_turn(request.offers, request.strict) ~= nil, {}
  for i, lease in ipairs(request.granted) do tokens[i] = lease.token end
  remember_answer(args[3], request.sequence, 'exchange', msgpack(more, stale, tokens))
  return more, stale, request.granted
end

-- From the rows as they are: a repeated call gets what still holds (promise 9).
local function exchange_again(answer)
  local more, stale, tokens = msgunpack(answer)
  local leases = {}
  for _, token in ipairs(tokens) do leases[#leases + 1] = held_lease(token) end
  return more, stale, leases
end

-- client, sequence, node, want, lease_time, strict, offers, hedge_after, known jobs, steps, data, chunks of the log
function calls.exchange(args)
  local request = { sequence = tonumber(args[4]), node = args[5], want = tonumber(args[6]),
                    lease_time = tonumber(args[7]), strict = args[8] == '1', offers = args[9],
                    hedge_after = tonumber(args[10]), granted = {} }
  repair(request.lease_time)
  local answer, refusal = replay(args[3], request.sequence, 'exchange')
  if refusal then return refusal end
  local more, stale, leases
  if answer then
    more, stale, leases = exchange_again(answer)
  else
    more, stale, leases = exchange_now(request, args)
  end
  local head = { OK, pack('<BI4', more and 1 or 0, #stale / 2) }
  for i = 1, #stale, 2 do head[#head + 1] = pack('<I4I4', stale[i], stale[i + 1]) end
  return answer_leases(leases, args[11], head)
end

-- lease_time, tokens. Answers with a letter for each: 'l' lost, 'p' renewed but paused, 'r' renewed.
function calls.renew(args)
  local lease_time, tokens, out = tonumber(args[3]), args[4], { OK }
  repair(lease_time)
  for at = 1, #tokens, 6 do
    local lease = held_lease(unpack_bytes('<I6', tokens, at))
    if lease then
      lease.lease_time, lease.expires = lease_time, now + lease_time
      put_lease(lease)
      call('ZADD', K.expiry, lease.expires, lease_member(lease))
      out[#out + 1] = job_at(lease.number).paused and 'p' or 'r'
    else
      out[#out + 1] = 'l'
    end
  end
  return table.concat(out)
end

local NODE_MEMORY = 60 * 1000

local function forget_node(node)
  call('HDEL', K.nodes, node)
  call('ZREM', K.seen, node)
end

-- id, what the client keeps of it
function calls.register(args)
  clear_in_passing()
  call('HSET', K.nodes, args[3], args[4])
  call('ZADD', K.seen, now, args[3])
  local silent = call('ZRANGEBYSCORE', K.seen, '-inf', now - NODE_MEMORY, 'LIMIT', 0, ROWS_IN_PASSING)
  for _, node in ipairs(silent) do forget_node(node) end
  return OK
end

function calls.unregister(args)
  forget_node(args[3])
  return OK
end

function calls.nodes()
  local out = { OK }
  local seen = call('ZRANGEBYSCORE', K.seen, '(' .. now - NODE_MEMORY, '+inf', 'WITHSCORES')
  for i = 1, #seen, 2 do
    out[#out + 1] = text(seen[i]) .. pack('<I8', seen[i + 1]) .. text(call('HGET', K.nodes, seen[i]))
  end
  return table.concat(out)
end

-- ---- Users

local function pack_status(job)
  local function flag(set) return set and 1 or 0 end
  return text(job.id) ..
    pack('<BBBI8I8I8I8I8I8I8I8I8I8I8', flag(job.sealed), flag(job.paused), flag(job.cancelled), job.waiting, job.leased,
         job.retrying, job.done, job.failed, job.dropped, job.partial, job.pages, job.created, job.finished,
         job.version) .. text(call('HGET', K.specs, job.number))
end

function calls.status(args)
  repair(0)
  local job = find_job(args[3])
  if not job then return no_job(args[3]) end
  return OK .. pack_status(job)
end

-- number before which they were created ('+inf': the newest), limit
function calls.jobs(args)
  local limit = tonumber(args[4])
  local found = call('ZREVRANGEBYSCORE', K.ids, '(' .. args[3], '-inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  local count = min(limit, #found / 2)  -- one more tells whether there is more
  local out = { OK, pack('<I4B', count, #found / 2 > count and 1 or 0) }
  for i = 1, count do
    out[#out + 1] = pack('<I8', found[2 * i]) .. pack_status(job_at(tonumber(found[2 * i])))
  end
  return table.concat(out)
end

-- id, chunk of the log to begin with, how many. Answers with chunks; behind the last one with the pieces, as a unit.
function calls.results(args)
  local job = find_job(args[3])
  if not job then return no_job(args[3]) end
  local from = min(tonumber(args[4]), job.chunks)
  local behind = min(from + tonumber(args[5]), job.chunks)
  local answer = { OK .. pack('<I8B', from, behind == job.chunks and 1 or 0) }
  for chunk = from, behind - 1 do
    answer[#answer + 1] = call('HGET', K.results, chunk_field(job.number, chunk))
  end
  if behind == job.chunks and job.pieces > 0 then
    answer[#answer + 1] = START .. table.concat(call('HMGET', K.results, unpack(piece_fields(job))))
  end
  return answer
end

local function cancel_job(job)
  if state_of(job) == 'finished' then return conflict(job.id, 'is finished') end
  cancel(job)
  return OK
end
local function pause_job(job)
  if has_ended(job) then return conflict(job.id, 'has ended') end
  job.paused = true
  return OK
end
local function resume_job(job)
  if job.cancelled then return conflict(job.id, 'is cancelled') end
  job.paused = false
  return OK
end

local function on_job(id, set)
  clear_in_passing()
  local job = find_job(id)
  if not job then return no_job(id) end
  return set(job)
end

function calls.cancel(args) return on_job(args[3], cancel_job) end
function calls.pause(args) return on_job(args[3], pause_job) end
function calls.resume(args) return on_job(args[3], resume_job) end

local function retry_failed(job, limit)
  local members = call('ZRANGEBYLEX', K.rows, '[' .. pack('>I5B', job.number, ROW_FAILED),
                       '(' .. pack('>I5B', job.number, ROW_FAILED + 1), 'LIMIT', 0, limit)
  for _, member in ipairs(members) do
    local task = new_task(job.number, unpack_bytes('>I4', member, 7), 0, 0)
    task.state, task.code = FAILED, ROW_FAILED
    change(job, task, WAITING)
  end
  return OK .. pack('<I8', #members)
end

-- client, sequence, id, limit
function calls.retry(args)
  clear_in_passing()
  local client, sequence = args[3], tonumber(args[4])
  local answer, refusal = replay(client, sequence, 'retry')
  if answer or refusal then return answer or refusal end
  local job = find_job(args[5])
  if not job then
    answer = no_job(args[5])
  elseif job.cancelled then
    answer = conflict(job.id, 'is cancelled')
  else
    answer = retry_failed(job, tonumber(args[6]))
  end
  remember_answer(client, sequence, 'retry', answer)
  return answer
end

local function remove_now(id)
  local job = find_job(id)
  if job then
    if not has_ended(job) then return conflict(id, 'has not ended: cancel it first') end
    hide(job)
  else
    local number = call('ZSCORE', K.removed, id)
    if not number then return no_job(id) end
    job = job_at(tonumber(number))
  end
  return OK .. (clear_away(job, ROWS_OF_REMOVE) and '\1' or '\0')
end

-- client, sequence, id
function calls.remove(args)
  local client, sequence = args[3], tonumber(args[4])
  local answer, refusal = replay(client, sequence, 'remove')
  if answer or refusal then return answer or refusal end
  answer = remove_now(args[5])
  remember_answer(client, sequence, 'remove', answer)
  return answer
end

function calls.stats()
  return OK .. pack('<I8I8I8I8I8I8I8I8', Q.jobs, Q.waiting, Q.leased, Q.retrying, Q.done, Q.failed, Q.cancelled,
                    Q.leases)
end

end
