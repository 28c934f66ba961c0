import { Client } from 'pg';

/** A connection as the owner of the tables, who sees and may alter what the product's own role may not. */
export async function ownerClient(ownerUrl: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
