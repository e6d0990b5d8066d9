import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { createRxServer } from 'rxdb-server/plugins/server';
import { RxServerAdapterExpress } from 'rxdb-server/plugins/adapter-express';

const text = { type: 'string' };
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 40 },
    student_id: text, method: text, direction: text, outcome: text, party: text, met: text,
    contact_point_id: { type: ['string', 'null'] },
    causes: { type: 'array', items: text }, note: text, referrals: { type: 'array', items: text },
    follow_up_kind: text, follow_up_on: text, occurred_at: text,
  },
};

const database = await createRxDatabase({ name: 'bench', storage: getRxStorageMemory() });
await database.addCollections({ contacts: { schema } });
const server = await createRxServer({
  database,
  adapter: RxServerAdapterExpress,
  port: Number(process.argv[2]),
});
server.addReplicationEndpoint({ name: 'contacts', collection: database.contacts });
await server.start();
