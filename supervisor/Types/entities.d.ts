
// The tenant's own entities. SandboxEntities, below, has a member for each.

/** The entities that have an operation. */
type SandboxEntityWith<O extends string> = {
  [E in keyof SandboxEntities]: SandboxEntities[E] extends { operations: infer A } ? (O extends A ? E : never) : never;
}[keyof SandboxEntities];

/** A name that the source does not spell out, which the editor cannot check. */
type SandboxComputedName<N extends string> = N & (string extends N ? unknown : never);

/** A row, by its readable fields. */
type SandboxRow<E extends keyof SandboxEntities> = SandboxEntities[E] extends { row: infer R } ? R : never;

/** A row to insert, by its writable fields. */
type SandboxNewRow<E extends keyof SandboxEntities> = SandboxEntities[E] extends { insert: infer R } ? R : never;

/** Changes of a row, by its writable fields. */
type SandboxChanges<E extends keyof SandboxEntities> = Partial<SandboxNewRow<E>>;

type SandboxKey<E extends keyof SandboxEntities> = SandboxEntities[E] extends { key: infer K } ? K : never;
type SandboxField<E extends keyof SandboxEntities> = keyof SandboxRow<E> & string;

type SandboxCondition<V> = V | null | {
  eq?: V | null; ne?: V | null; gt?: V; gte?: V; lt?: V; lte?: V;
  /** At most 1,000 values. */
  in?: readonly V[]; notIn?: readonly V[];
  /** SQL's patterns: `%` for any text, `_` for one character. */
  like?: string; ilike?: string; isNull?: boolean;
};

/** Conditions on rows. A value stands for `{eq: value}`, null for `{isNull: true}`. */
type SandboxWhere<E extends keyof SandboxEntities> = (SandboxEntities[E] extends { where: infer V }
  ? { [F in Exclude<keyof V, 'and' | 'or' | 'not'>]?: SandboxCondition<V[F]> }
  : never) & { and?: readonly SandboxWhere<E>[]; or?: readonly SandboxWhere<E>[]; not?: SandboxWhere<E> };

interface SandboxQuery<E extends keyof SandboxEntities, F extends SandboxField<E>> {
  where?: SandboxWhere<E>;
  select?: readonly F[];
  /** A field, or `-` and a field for the largest first. */
  orderBy?: SandboxField<E> | `-${SandboxField<E>}` | readonly (SandboxField<E> | `-${SandboxField<E>}`)[];
}

/** The tenant's business data, by entities. Times and rows are limited: `QUERY_TIMEOUT` after 5 s, `ROW_LIMIT` beyond 1,000 rows of one call. */
interface SandboxDbCalls {
  find<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'find'>): Promise<Row[]>;
  /** Rows that match. Without `limit`, more than 1,000 matches reject with `ROW_LIMIT`: a list is never cut. */
  find<E extends SandboxEntityWith<'read'>, F extends SandboxField<E> = SandboxField<E>>(
    entity: E, options?: SandboxQuery<E, F> & { limit?: number; offset?: number }): Promise<Pick<SandboxRow<E>, F>[]>;

  findOne<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'findOne'>): Promise<Row | null>;
  /** The first row that matches; null where none does. */
  findOne<E extends SandboxEntityWith<'read'>, F extends SandboxField<E> = SandboxField<E>>(
    entity: E, options?: SandboxQuery<E, F>): Promise<Pick<SandboxRow<E>, F> | null>;

  get<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'get'>): Promise<Row | null>;
  /** The row with this key; null where there is none. */
  get<E extends SandboxEntityWith<'read'>>(entity: E, id: SandboxKey<E>): Promise<SandboxRow<E> | null>;

  count<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'count'>): Promise<number>;
  /** How many rows match. */
  count<E extends SandboxEntityWith<'read'>>(entity: E, options?: { where?: SandboxWhere<E> }): Promise<number>;

  insert<N extends string>(entity: SandboxComputedName<N>, row: Row): Promise<Row>;
  insert<N extends string>(entity: SandboxComputedName<N>, rows: Row[]): Promise<Row[]>;
  /** The inserted rows as they are stored, of a list of at most 1,000. */
  insert<E extends SandboxEntityWith<'insert'>>(entity: E, rows: readonly SandboxNewRow<E>[]): Promise<SandboxRow<E>[]>;
  /** The inserted row as it is stored. */
  insert<E extends SandboxEntityWith<'insert'>>(entity: E, row: SandboxNewRow<E>): Promise<SandboxRow<E>>;

  update<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'update'>): Promise<number>;
  /** How many rows were changed. A `where` that matches every row is refused; `{all: true}` says that it is meant. */
  update<E extends SandboxEntityWith<'update'>>(entity: E, where: SandboxWhere<E> | { all: true }, changes: SandboxChanges<E>): Promise<number>;

  updateById<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'updateById'>): Promise<number>;
  /** 1, or 0 where there is no such row. */
  updateById<E extends SandboxEntityWith<'update'>>(entity: E, id: SandboxKey<E>, changes: SandboxChanges<E>): Promise<number>;

  delete<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'delete'>): Promise<number>;
  /** How many rows were deleted. A `where` that matches every row is refused; `{all: true}` says that it is meant. */
  delete<E extends SandboxEntityWith<'delete'>>(entity: E, where: SandboxWhere<E> | { all: true }): Promise<number>;

  deleteById<N extends string>(entity: SandboxComputedName<N>, ...rest: SandboxAnyEntityArguments<'deleteById'>): Promise<number>;
  /** 1, or 0 where there is no such row. */
  deleteById<E extends SandboxEntityWith<'delete'>>(entity: E, id: SandboxKey<E>): Promise<number>;

  upsert<N extends string>(entity: SandboxComputedName<N>, row: Row, options: { on: string[] }): Promise<Row>;
  upsert<N extends string>(entity: SandboxComputedName<N>, rows: Row[], options: { on: string[] }): Promise<Row[]>;
  /** Inserts each, or updates the row that has the same values in the fields `on`, which are a unique index of the tenant's. */
  upsert<E extends SandboxEntityWith<'insert'> & SandboxEntityWith<'update'>>(
    entity: E, rows: readonly SandboxNewRow<E>[], options: { on: readonly SandboxField<E>[] }): Promise<SandboxRow<E>[]>;
  /** Inserts, or updates the row that has the same values in the fields `on`, which are a unique index of the tenant's. */
  upsert<E extends SandboxEntityWith<'insert'> & SandboxEntityWith<'update'>>(
    entity: E, row: SandboxNewRow<E>, options: { on: readonly SandboxField<E>[] }): Promise<SandboxRow<E>>;
}

/** What a call takes after the name, where the entity is not known. */
type SandboxAnyEntityArguments<M extends keyof SandboxAnyDbCalls> =
  SandboxAnyDbCalls[M] extends (entity: string, ...rest: infer A) => unknown ? A : never;
