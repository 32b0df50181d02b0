// sdk.db: the tenant's business data, by entities. Each call names its transaction, or none.
import { then } from '../language.js';

const methodsOf = (call, transaction) => ({
  find: (entity, options) => call('db.find', transaction, entity, options),
  findOne: (entity, options) => call('db.findOne', transaction, entity, options),
  get: (entity, id) => call('db.get', transaction, entity, id),
  count: (entity, options) => call('db.count', transaction, entity, options),
  insert: (entity, rows) => call('db.insert', transaction, entity, rows),
  update: (entity, where, changes) => call('db.update', transaction, entity, where, changes),
  updateById: (entity, id, changes) => call('db.updateById', transaction, entity, id, changes),
  delete: (entity, where) => call('db.delete', transaction, entity, where),
  deleteById: (entity, id) => call('db.deleteById', transaction, entity, id),
  upsert: (entity, rows, options) => call('db.upsert', transaction, entity, rows, options),
});

export const db = (call, handInMethods) => {
  // Named here: the first statement begins it, without a call of its own.
  let last = 0;
  return {
    ...methodsOf(call, null),
    entities: () => call('db.entities'),
    /** Commits what the body did if it fulfils, rolls it back if not. */
    transaction: async (body) => {
      if (typeof body !== 'function') throw new TypeError('sdk.db.transaction: the argument must be a function of the transaction');
      const id = ++last;
      let value;
      try {
        value = await body(handInMethods(methodsOf(call, id)));
      } catch (error) {
        // What the script threw is what it is told; the execution's end rolls back whatever is left.
        await then(call('db.rollback', id), undefined, () => undefined);
        throw error;
      }
      await call('db.commit', id);
      return value;
    },
  };
};
