// BullMQ's side of the comparison. usage: node bullmq.mjs submit N | work | latency N     (REDIS_SOCKET, PEERS)
//
// Its documented best: addBulk, a Worker per core with a concurrency in the hundreds, results kept (the default).
import { createRequire } from "node:module";

const require = createRequire(process.env.PEERS + "/package.json");
const { Queue, QueueEvents, Worker } = require("bullmq");
const IORedis = require("ioredis");

const connect = () => new IORedis(process.env.REDIS_SOCKET, { maxRetriesPerRequest: null });
const result = "x".repeat(100);
const [mode, count] = [process.argv[2], Number(process.argv[3])];
const documentName = (i) => ({ document: `document-${String(i).padStart(8, "0")}.pdf` });

if (mode === "submit") {
  const queue = new Queue("bench", { connection: connect() });
  await queue.waitUntilReady();
  const begin = performance.now();
  for (let first = 0; first < count; first += 1000) {
    const size = Math.min(1000, count - first);
    await queue.addBulk(Array.from({ length: size }, (_, i) => ({ name: "ocr", data: documentName(first + i) })));
  }
  console.log(JSON.stringify({ seconds: (performance.now() - begin) / 1000 }));
  process.exit(0);
} else if (mode === "work") {
  new Worker("bench", async () => result, { connection: connect(), concurrency: 200 });
} else if (mode === "latency") {
  const queue = new Queue("bench", { connection: connect() });
  const events = new QueueEvents("bench", { connection: connect() });
  await events.waitUntilReady();
  const times = [];
  for (let i = 0; i < count; ++i) {
    const begin = performance.now();
    const job = await queue.add("ocr", documentName(i));
    await job.waitUntilFinished(events);
    times.push(performance.now() - begin);
  }
  console.log(JSON.stringify({ milliseconds: times }));
  process.exit(0);
}
