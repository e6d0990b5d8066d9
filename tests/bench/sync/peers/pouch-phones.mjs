// Phones with PouchDB itself: each replicates what it holds to the server, then a new one fetches all.
import PouchDB from 'pouchdb-core';
import http from 'pouchdb-adapter-http';
import memory from 'pouchdb-adapter-memory';
import replication from 'pouchdb-replication';
import { readFileSync } from 'node:fs';

PouchDB.plugin(http).plugin(memory).plugin(replication);

const [server, file, wanted] = process.argv.slice(2);
const devices = JSON.parse(readFileSync(file, 'utf8'));
const options = { batch_size: 100, batches_limit: 1 };

const phones = await Promise.all(
  devices.map(async (docs, at) => {
    const phone = new PouchDB(`phone-${at}`, { adapter: 'memory' });
    await phone.bulkDocs(docs);
    return phone;
  }),
);
let began = performance.now();
const sent = await Promise.all(phones.map((phone) => phone.replicate.to(server, options)));
const pushing = performance.now() - began;

process.stdout.write('pushed\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const fresh = new PouchDB('fresh', { adapter: 'memory' });
began = performance.now();
await new Promise((resolve, reject) => {
  const fetching = fresh.replicate.from(server, { batch_size: 1000 });
  fetching.on('change', (info) => info.docs_written >= Number(wanted) && fetching.cancel());
  fetching.on('complete', resolve).on('error', reject);
});
const pulling = performance.now() - began;
const records = sent.reduce((sum, one) => sum + one.docs_written, 0);
const rows = (await fresh.info()).doc_count;
process.stdout.write(`${JSON.stringify({ records, pushing, rows, pulling })}\n`);
process.exit(0);
