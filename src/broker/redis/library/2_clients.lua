-- ---- What each client called last and was answered, so that a repeated call gives the first answer again (promise 9)

-- The answer to be given again, or a refusal as the second value; nothing: the call is new.
local function replay(client, sequence, kind)
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

local function remember_answer(client, sequence, kind, answer)
  if client == '' then return end
  call('HSET', K.clients, client, msgpack(sequence, now, kind, answer))
  call('ZADD', K.calls, now, client)
  -- Each new record takes away two old ones at most, so the table holds the last hour's clients and no more.
  local old = call('ZRANGEBYSCORE', K.calls, '-inf', now - HOUR, 'LIMIT', 0, 2)
  for _, name in ipairs(old) do
    call('HDEL', K.clients, name)
    call('ZREM', K.calls, name)
  end
end

-- ---- The log of a job's results
--
-- One string of bytes: per result its index, size * 2 + (1 if partial), both with 7 bits a byte, and the record. It is
-- kept in blocks that fill an allocation to the byte, wherever that cuts a result in two. What fills no block yet lies
-- in pieces as they came, gathered when they have become many: a result is written twice on average, not each time
-- that another one comes.

local BLOCK = 32768 - 6  -- with the header and the end of a string in Redis, 32 KiB
local MOST_PIECES = 32

local function block_field(number, block) return pack('>I5I5', number, block) end
local function piece_field(number, piece) return pack('>I5B', number, piece) end

local function piece_fields(job)
  local fields = {}
  for piece = 1, job.pieces do fields[piece] = piece_field(job.number, piece - 1) end
  return fields
end

local function append_to_log(job, data)
  if job.tail + #data < BLOCK and job.pieces < MOST_PIECES then
    call('HSET', K.results, piece_field(job.number, job.pieces), data)
    job.pieces, job.tail = job.pieces + 1, job.tail + #data
    return
  end
  if job.pieces > 0 then
    local fields = piece_fields(job)
    local pieces = call('HMGET', K.results, unpack(fields))
    call('HDEL', K.results, unpack(fields))
    pieces[#pieces + 1] = data
    data = table.concat(pieces)
  end
  local at = 1
  while #data - at + 1 >= BLOCK do
    call('HSET', K.results, block_field(job.number, job.blocks), string.sub(data, at, at + BLOCK - 1))
    job.blocks, at = job.blocks + 1, at + BLOCK
  end
  job.pieces, job.tail = 0, #data - at + 1
  if job.tail > 0 then
    call('HSET', K.results, piece_field(job.number, 0), at == 1 and data or string.sub(data, at))
    job.pieces = 1
  end
end

-- The log from byte `from` on: the rest of that block and `more` blocks behind it, or its end.
local function read_log(job, from, more)
  local first = floor(from / BLOCK)
  local last = min(first + more, job.blocks - 1)
  local parts = {}
  for block = first, last do parts[#parts + 1] = call('HGET', K.results, block_field(job.number, block)) end
  if last - first < more and job.pieces > 0 then
    local pieces = call('HMGET', K.results, unpack(piece_fields(job)))
    parts[#parts + 1] = table.concat(pieces)
  end
  return string.sub(table.concat(parts), from - first * BLOCK + 1)
end

-- ---- Names

-- Adds the names from `job.documents` on. `chunks` are arguments from position `at` on: the first fills up the chunk
-- that is there already, in part.
local function append_names(job, count, chunks, at)
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

-- The chunks that hold the names of `wanted` (number -> chunk -> true), each once, for the client to unpack.
local function pack_names(wanted, out)
  for number, chunks in pairs(wanted) do
    for chunk in pairs(chunks) do
      out[#out + 1] = pack('<I8I4', number, chunk) .. text(call('HGET', K.names, chunk_field(number, chunk)))
    end
  end
end

local function want_names(wanted, number, first, last)
  local chunks = wanted[number] or {}
  wanted[number] = chunks
  for chunk = floor(first / NAMES_PER_CHUNK), floor(last / NAMES_PER_CHUNK) do chunks[chunk] = true end
end
