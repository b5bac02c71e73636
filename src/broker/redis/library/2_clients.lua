local START, MORE = '\1', '\0'  -- what a chunk of results begins with
local ENOUGH = 4096               -- bytes of results, for a unit of its own
local replay, remember_answer, append_cut, append_to_log, piece_fields, append_names, add_names, want_names
do

-- ---- What each client called last and was answered, so that a repeated call gives the first answer again (promise 9)

-- The answer to be given again, or a refusal as the second value; nothing: the call is new.
function replay(client, sequence, kind)
  if client == '' then return end
  local stored = call('HGET', K.clients, client)
  if not stored then return end
  local last, called, last_kind, answer = msgunpack(stored)
  if now >= called + HOUR or sequence > last then return end
  if sequence < last then
    return nil, refused('conflict', string.format('call %.0f of client %s comes after its call %.0f', sequence, client,
                                                  last))
  end
  if kind ~= last_kind then
    return nil, refused('conflict', string.format('call %.0f of client %s was a call of another kind before', sequence,
                                                  client))
  end
  return answer
end

function remember_answer(client, sequence, kind, answer)
  if client == '' then return end
  call('HSET', K.clients, client, msgpack(sequence, now, kind, answer))
  call('ZADD', K.calls, now, client)
  -- Each new record takes away two old ones at most, so the table holds the last hour's clients and no more.
  local old = call('ZRANGEBYSCORE', K.calls, '-inf', now - HOUR, 'LIMIT', '0', '2')
  for _, name in ipairs(old) do
    call('HDEL', K.clients, name)
    call('ZREM', K.calls, name)
  end
end

-- ---- The log of a job's results
--
-- Per result its index, size * 2 + (1 if partial), both with 7 bits a byte, and the record. Entries lie in units: those
-- of one exchange, where they are many, or of some that had few. A unit is one chunk or more, and a chunk says with its
-- first byte whether a unit begins with it (START). Where a unit is cut into chunks follows the sizes in which memory
-- is allotted, not the entries: so little is lost to rounding. The client has cut its entries already, because every
-- string that Lua makes costs time by the byte.
--
-- Few entries wait in pieces as they came until there are enough for a unit, so that a result is written twice, not
-- each time that another one comes.

local LARGEST_CHUNK, SMALLEST_CUT = 32768 - 6, 1024  -- 6: what Redis adds to a string
local GATHERED = 16384    -- for a unit of pieces
local MOST_PIECES = 32

local function piece_field(number, piece) return pack('>I5B', number, piece) end

function piece_fields(job)
  local fields = {}
  for piece = 1, job.pieces do fields[piece] = piece_field(job.number, piece - 1) end
  return fields
end

-- The largest chunk that fills an allotment and is no longer than `size`; cut_log() in C++.
local function cut(size)
  if size <= SMALLEST_CUT then return size end
  if size >= LARGEST_CHUNK then return LARGEST_CHUNK end
  local step = 256
  while step * 8 <= size + 6 do step = step * 2 end
  return floor((size + 6) / step) * step - 6
end

local function append_chunks(job, chunks)
  for _, chunk in ipairs(chunks) do
    call('HSET', K.results, chunk_field(job.number, job.chunks), chunk)
    job.chunks = job.chunks + 1
  end
end

local function append_unit(job, data)
  local mark, at, chunks = START, 1, {}
  while at <= #data do
    local taken = cut(#data - at + 2) - 1
    chunks[#chunks + 1] = mark .. string.sub(data, at, at + taken - 1)
    mark, at = MORE, at + taken
  end
  append_chunks(job, chunks)
end

local function take_pieces(job)
  if job.pieces == 0 then return '' end
  local fields = piece_fields(job)
  local pieces = call('HMGET', K.results, unpack(fields))
  call('HDEL', K.results, unpack(fields))
  job.pieces, job.tail = 0, 0
  return table.concat(pieces)
end

local function append_piece(job, data)
  call('HSET', K.results, piece_field(job.number, job.pieces), data)
  job.pieces, job.tail = job.pieces + 1, job.tail + #data
end

-- Entries that the client has cut: enough for a unit.
function append_cut(job, chunks)
  if job.pieces > 0 then append_unit(job, take_pieces(job)) end
  append_chunks(job, chunks)
end

function append_to_log(job, data)
  if job.tail + #data >= GATHERED or #data >= ENOUGH then
    append_unit(job, take_pieces(job) .. data)
  elseif job.pieces == MOST_PIECES then
    append_piece(job, take_pieces(job) .. data)
  else
    append_piece(job, data)
  end
end

-- ---- Names

-- Adds the names from `job.documents` on. `chunks` are arguments from position `at` on: the first fills up the chunk
-- that is there already, in part.
function append_names(job, count, chunks, at)
  local index, last = job.documents, job.documents + count
  while index < last do
    local chunk = floor(index / NAMES_PER_CHUNK)
    local field, data = chunk_field(job.number, chunk), chunks[at]
    if index % NAMES_PER_CHUNK > 0 then data = call('HGET', K.names, field) .. data end
    call('HSET', K.names, field, data)
    index, at = (chunk + 1) * NAMES_PER_CHUNK, at + 1
  end
  job.documents, job.waiting = last, job.waiting + count
end

-- The chunks that hold the names of `wanted` (number -> chunk -> true), each once, for the client to unpack: which they
-- are in `head`, and themselves behind it in the answer, untouched.
function add_names(wanted, head, answer)
  for number, chunks in pairs(wanted) do
    for chunk in pairs(chunks) do
      head[#head + 1] = pack('<I8I4', number, chunk)
      answer[#answer + 1] = call('HGET', K.names, chunk_field(number, chunk))
    end
  end
  answer[1] = table.concat(head)
  return answer
end

function want_names(wanted, number, first, last)
  local chunks = wanted[number] or {}
  wanted[number] = chunks
  for chunk = floor(first / NAMES_PER_CHUNK), floor(last / NAMES_PER_CHUNK) do chunks[chunk] = true end
end

end
