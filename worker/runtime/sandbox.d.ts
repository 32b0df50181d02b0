// What a script finds, version 1. Every name here is there at run time, and every name there is here: a test compares them.

/** Any value that JSON can hold. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A row of an entity, by field: int2, int4, float and numeric up to 15 digits are numbers; bigint and wider numeric are strings; dates are ISO strings. */
type Row = { [field: string]: Json };

/** Conditions on rows. A value stands for `{eq: value}`, null for `{isNull: true}`. A missing value equals nothing, and `not` is everything else. */
type Where = {
  [field: string]: Json | {
    eq?: Json; ne?: Json; gt?: Json; gte?: Json; lt?: Json; lte?: Json;
    /** At most 1,000 values. */
    in?: Json[]; notIn?: Json[];
    /** SQL's patterns: `%` for any text, `_` for one character. */
    like?: string; ilike?: string; isNull?: boolean;
  } | Where | Where[] | undefined;
  and?: Where[];
  or?: Where[];
  not?: Where;
};

/** What every sdk call that returns a promise rejects with. */
interface SdkError extends Error {
  /** One of the codes of the platform, for example `INVALID_ARGUMENT`, `NOT_ALLOWED`, `CONFLICT`, `RATE_LIMIT`. */
  code: string;
  /** Seconds, where a rate or limit refused the call and that is known. */
  retryAfter?: number;
}

/** The tenant's business data, by entities. Times and rows are limited: `QUERY_TIMEOUT` after 5 s, `ROW_LIMIT` beyond 1,000 rows of one call. */
interface SandboxDbCalls {
  /** Rows that match. Without `limit`, more than 1,000 matches reject with `ROW_LIMIT`: a list is never cut. */
  find(entity: string, options?: { where?: Where; select?: string[]; orderBy?: string | string[]; limit?: number; offset?: number }): Promise<Row[]>;
  /** The first row that matches; null where none does. */
  findOne(entity: string, options?: { where?: Where; select?: string[]; orderBy?: string | string[] }): Promise<Row | null>;
  /** The row with this key; null where there is none. */
  get(entity: string, id: string | number): Promise<Row | null>;
  /** How many rows match. */
  count(entity: string, options?: { where?: Where }): Promise<number>;
  /** The inserted row as it is stored, or rows for a list of at most 1,000. */
  insert(entity: string, row: Row): Promise<Row>;
  insert(entity: string, rows: Row[]): Promise<Row[]>;
  /** How many rows were changed. A `where` that matches every row is refused; `{all: true}` says that it is meant. */
  update(entity: string, where: Where | { all: true }, changes: Row): Promise<number>;
  /** 1, or 0 where there is no such row. */
  updateById(entity: string, id: string | number, changes: Row): Promise<number>;
  /** How many rows were deleted. A `where` that matches every row is refused; `{all: true}` says that it is meant. */
  delete(entity: string, where: Where | { all: true }): Promise<number>;
  /** 1, or 0 where there is no such row. */
  deleteById(entity: string, id: string | number): Promise<number>;
  /** Inserts, or updates the row that has the same values in the fields `on`, which are a unique index of the tenant's. */
  upsert(entity: string, row: Row, options: { on: string[] }): Promise<Row>;
  upsert(entity: string, rows: Row[], options: { on: string[] }): Promise<Row[]>;
}

interface SandboxDb extends SandboxDbCalls {
  /** What this tenant's scripts may do with which data. */
  entities(): Promise<{ name: string; key: string; fields: { name: string; type: string; read: boolean; write: boolean }[]; operations: string[] }[]>;
  /** Commits what the body did with `tx` if it fulfils; rolls it back if it throws, takes longer than 10 s or the execution ends. */
  transaction<T>(body: (tx: SandboxDbCalls) => Promise<T>): Promise<T>;
}

/** Small JSON values (1 MB at most) that outlive an execution, of this script or, with `{scope: 'tenant'}` as the last argument, of all scripts of the tenant. */
interface SandboxCache {
  /** Null where there is no such key, or its time is over. */
  get(key: string, options?: { scope?: 'script' | 'tenant' }): Promise<Json>;
  /** Without `ttlSeconds` it stays until it is deleted. */
  set(key: string, value: Json, ttlSeconds?: number | { scope?: 'script' | 'tenant' }, options?: { scope?: 'script' | 'tenant' }): Promise<void>;
  /** False where there was none. */
  delete(key: string, options?: { scope?: 'script' | 'tenant' }): Promise<boolean>;
  exists(key: string, options?: { scope?: 'script' | 'tenant' }): Promise<boolean>;
  /** The number as it then is; atomic, whoever else counts. A new key begins at 0. */
  increment(key: string, by?: number | { scope?: 'script' | 'tenant' }, options?: { scope?: 'script' | 'tenant' }): Promise<number>;
  /** False where there is no such key. */
  expire(key: string, ttlSeconds: number, options?: { scope?: 'script' | 'tenant' }): Promise<boolean>;
}

interface SandboxMessage {
  /** `ada@example.com` or `Ada <ada@example.com>`; at most 50 with `cc`. */
  to: string | string[];
  cc?: string | string[];
  subject: string;
  /** One of `text` and `html` is needed; with both, the reader's program chooses. */
  text?: string;
  html?: string;
  replyTo?: string;
}

/** Through the server of the tenant's settings (`PUT /api/v1/settings/email`). */
interface SandboxEmail {
  /** The id of the message, once the server has taken it. `INVALID_ARGUMENT`: nothing was sent. */
  send(message: SandboxMessage): Promise<string>;
}

interface SandboxEvents {
  /** The event's id, once it is stored. The same `id` again, from this script, is the same event. Types are `module.entity.action`. */
  publish(type: string, payload?: Json, options?: { id?: string; subject?: string }): Promise<string>;
}

/** Headers of a request: an object (a list of values sends the header several times), pairs, a Map or `Headers`. */
type SandboxHeaders = Iterable<[string, string]> | { [name: string]: string | number | boolean | string[] | null | undefined };

interface SandboxHttpOptions {
  headers?: SandboxHeaders;
  /** Added to the URL; a list is its name several times, null and undefined are left out. */
  query?: { [name: string]: string | number | boolean | null | undefined | (string | number | boolean)[] } | Iterable<[string, string]>;
  /** A string, bytes, a Blob, FormData and URLSearchParams go as they are, anything else as JSON. At most 10 MB. */
  body?: unknown;
  /** Milliseconds for the whole exchange, 1 to 300,000; 10,000 where none is given. */
  timeout?: number;
  /** What to do where the server names another address; 'follow' where none is given. */
  redirect?: 'follow' | 'error' | 'manual';
  /** The name of a connection, whose credential the platform adds. */
  connection?: string;
}

interface SandboxHttpAnswer {
  status: number;
  /** The status is 200 to 299. */
  ok: boolean;
  /** Lower-case names; what comes several times is joined by `, `, but `set-cookie` is then a list. */
  headers: { [name: string]: string | string[] };
  /** Parsed where the answer is JSON, else the text. */
  body: any;
  /** In the charset that the answer names. */
  text: string;
}

/**
 * Requests over HTTP to public hosts that the version declares (`uses.hosts`). An answer of any status fulfils; `EGRESS_BLOCKED`, `HTTP_TIMEOUT`, `HTTP_ERROR`
 * and `RESPONSE_TOO_LARGE` (10 MB, unpacked) reject.
 */
interface SandboxHttp {
  get(url: string | { href: string }, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  head(url: string | { href: string }, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  delete(url: string | { href: string }, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  post(url: string | { href: string }, body?: unknown, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  put(url: string | { href: string }, body?: unknown, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  patch(url: string | { href: string }, body?: unknown, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
  request(method: string, url: string | { href: string }, options?: SandboxHttpOptions): Promise<SandboxHttpAnswer>;
}

interface SandboxSecrets {
  /** The value. Where it would reach a log, an output or an error of this execution, `***` stands instead. */
  get(name: string): Promise<string>;
}

interface SandboxScripts {
  /** The output of an embedded script of the tenant: an execution of its own within this one's slot and time. */
  invoke(name: string, input?: Json): Promise<Json | undefined>;
}

type Bytes = ArrayBuffer | ArrayBufferView;
type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
type ByteEncoding = 'hex' | 'base64' | 'base64url' | 'bytes';

/** Hashes within the isolate. Texts are taken as UTF-8; other arguments throw `INVALID_ARGUMENT`. */
interface SandboxCrypto {
  hash(alg: HashName, data: string | Bytes, enc?: 'hex' | 'base64' | 'base64url'): string;
  hash(alg: HashName, data: string | Bytes, enc: 'bytes'): Uint8Array;
  hmac(alg: HashName, key: string | Bytes, data: string | Bytes, enc?: 'hex' | 'base64' | 'base64url'): string;
  hmac(alg: HashName, key: string | Bytes, data: string | Bytes, enc: 'bytes'): Uint8Array;
  /** Takes as long wherever the two differ; false at once where their lengths do. */
  timingSafeEqual(a: string | Bytes, b: string | Bytes): boolean;
}

/** Tables as text, as RFC 4180 has them. */
interface SandboxCsv {
  /**
   * Objects by the names in the first line, or by `columns` where the text has no such line; lists with `header: false`. Every value is a string, empty
   * lines are left out. `delimiter` is `,` by default; `auto` finds it. What cannot be parsed throws `INVALID_ARGUMENT` and names the line.
   */
  parse(text: string, options?: { header?: true; columns?: string[]; delimiter?: string; quote?: string; newline?: string }): { [column: string]: string }[];
  parse(text: string, options: { header: false; delimiter?: string; quote?: string; newline?: string }): string[][];
  /** Lines end with `newline`, `\r\n` by default. `formulas: 'escape'` puts a `'` before texts that a spreadsheet would calculate. */
  stringify(rows: object[], options?: { header?: boolean; columns?: string[]; delimiter?: string; quote?: string; newline?: string; bom?: boolean; formulas?: 'escape' }): string;
}

interface SandboxWebhooks {
  /**
   * Whether a request was signed with this secret, as its provider documents it. `rawBody` and `rawBodyEncoding` are those of
   * `context.trigger.httpRequest`; `tolerance` is in seconds, 300 by default.
   */
  verify(provider: 'stripe' | 'github' | 'slack' | 'standard' | 'meta', options: {
    secret: string; headers: { [name: string]: string } | Iterable<[string, string]>; rawBody: string | Bytes; rawBodyEncoding?: 'base64'; tolerance?: number;
  }): boolean;
}

interface SandboxLog {
  debug(message: unknown, metadata?: unknown): void;
  info(message: unknown, metadata?: unknown): void;
  warn(message: unknown, metadata?: unknown): void;
  error(message: unknown, metadata?: unknown): void;
}

interface Sdk {
  readonly cache: SandboxCache;
  readonly crypto: SandboxCrypto;
  readonly csv: SandboxCsv;
  readonly db: SandboxDb;
  readonly email: SandboxEmail;
  readonly events: SandboxEvents;
  readonly http: SandboxHttp;
  readonly log: SandboxLog;
  readonly scripts: SandboxScripts;
  readonly secrets: SandboxSecrets;
  readonly webhooks: SandboxWebhooks;
  /** Keeps a value of at most 64 KB; once the promise fulfils it is stored. What runs after this execution finds it in `context.checkpoint`. */
  checkpoint(value: Json): Promise<void>;
  /** A short text on the execution, which lists filter by: at most 10, keys of 50 characters, values of 200. */
  label(key: string, value: string | number | bigint | boolean): void;
  /** Shown live while the execution runs. */
  progress(done: number, total?: number | null, message?: string | null): void;
  /** The answer of an `http` script; the last call counts. Headers as the constructor of `Headers` takes them. */
  respond(status: number, body?: unknown, headers?: Iterable<[string, string]> | { [name: string]: string | string[] }): void;
  /** What the execution has used so far. */
  usage(): { durationMs: number; cpuMs: number; memoryBytes: number; calls: number; rows: number; logBytes: number };
}

declare const sdk: Sdk;

/** The same as `sdk.events`. */
declare const events: SandboxEvents;

type WebKey = { readonly type: 'secret'; readonly extractable: boolean; readonly algorithm: { name: 'HMAC'; hash: { name: string }; length: number }; readonly usages: readonly string[] };
type WebAlgorithm = string | { name: string };

/** The web's: random numbers, digests (SHA-1, SHA-256, SHA-384, SHA-512) and HMAC. */
interface WebCrypto {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): string;
  readonly subtle: {
    digest(algorithm: WebAlgorithm, data: Bytes): Promise<ArrayBuffer>;
    importKey(format: 'raw' | 'jwk', data: object, algorithm: { name: 'HMAC'; hash: WebAlgorithm; length?: number }, extractable: boolean, usages: string[]): Promise<WebKey>;
    exportKey(format: 'raw' | 'jwk', key: WebKey): Promise<ArrayBuffer | object>;
    sign(algorithm: WebAlgorithm, key: WebKey, data: Bytes): Promise<ArrayBuffer>;
    verify(algorithm: WebAlgorithm, key: WebKey, signature: Bytes, data: Bytes): Promise<boolean>;
  };
}

declare const crypto: WebCrypto;

/** The limits in force. */
interface SandboxLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly outputBytes: number;
  readonly concurrency: number;
  readonly calls: number;
}

/** A request to an `http` script. */
interface SandboxHttpRequest {
  readonly method: string;
  readonly path: string;
  /** Parts of the path that the trigger names, decoded once. */
  readonly params: { readonly [name: string]: string };
  /** A name that comes several times is a list. */
  readonly query: { readonly [name: string]: string | readonly string[] };
  /** Lower-case names; what comes several times is joined by `, `. */
  readonly headers: { readonly [name: string]: string };
  /** JSON parsed; a form as an object, its files as `{filename, contentType, size, base64}`; text as a string; null for anything else. */
  readonly body: any;
  /** Every byte as it came. */
  readonly rawBody: string;
  /** There where `rawBody` is base64, because the bytes are no UTF-8. */
  readonly rawBodyEncoding?: 'base64';
  readonly ip: string | null;
}

/** What started the execution. */
type SandboxTrigger =
  | { readonly type: 'cron'; readonly cronExpression: string; readonly timezone: string; readonly scheduledFor: string; readonly missed: number }
  | { readonly type: 'http'; readonly httpRequest: SandboxHttpRequest }
  | {
    readonly type: 'event'; readonly eventId: string; readonly eventType: string; readonly eventSource: string; readonly eventTime: string; readonly eventPayload: any;
    /** Of a batch, in place of the fields above; `context.input` has the payloads, in the same order. */
    readonly events?: readonly { readonly id: string; readonly type: string; readonly source: string; readonly time: string }[];
  }
  | { readonly type: 'manual' }
  /** A try of a source that is not saved: with what the script's own trigger would give it. */
  | {
    readonly type: 'try'; readonly httpRequest?: SandboxHttpRequest;
    readonly cronExpression?: string; readonly timezone?: string; readonly scheduledFor?: string; readonly missed?: number;
    readonly eventId?: string; readonly eventType?: string; readonly eventSource?: string; readonly eventTime?: string; readonly eventPayload?: any;
  }
  | { readonly type: 'api' };

/** Deeply frozen. */
interface SandboxContext {
  readonly tenantId: string;
  /** The tenant's short name. */
  readonly tenant: string;
  readonly scriptId: string;
  readonly scriptName: string;
  readonly version: number;
  readonly executionId: string;
  /** From 1. */
  readonly attempt: number;
  readonly userId: string | null;
  readonly organizationId: string | null;
  /** JSON; null where there is none. */
  readonly input: any;
  /** An ISO time, at which the execution is ended. */
  readonly deadline: string;
  readonly limits: SandboxLimits;
  /** The execution that this one replays. */
  readonly replayOf: string | null;
  /** What `sdk.checkpoint` kept last. */
  readonly checkpoint: { readonly version: number; readonly value: any } | null;
  /** The same on every attempt of one delivery or occurrence. */
  readonly idempotencyKey: string;
  readonly trigger: SandboxTrigger;
}

declare const context: SandboxContext;

/** Lines of the execution's log; `log` is `info`. */
interface SandboxConsole {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

declare const console: SandboxConsole;

interface SandboxPerformance {
  /** Milliseconds since the execution began, in steps of 0.1. */
  now(): number;
  /** Milliseconds since 1970, at which it began. */
  readonly timeOrigin: number;
}

declare const performance: SandboxPerformance;

/** Runs the callback once, after `delay` milliseconds; at most 10,000 timers wait at once. They end with the execution. */
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
declare function clearTimeout(id?: number): void;
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
declare function clearInterval(id?: number): void;
declare function queueMicrotask(callback: () => void): void;

/** Bytes of text in base64; throws an `InvalidCharacterError` where it is none. */
declare function atob(data: string): string;
declare function btoa(data: string): string;
declare function structuredClone<T>(value: T, options?: { transfer?: ArrayBuffer[] }): T;

type BodyInit = string | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams;
type HeadersInit = Iterable<[string, string]> | { [name: string]: string };

interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  /** At most 10 MB; not for GET and HEAD. */
  body?: BodyInit | null;
  redirect?: 'follow' | 'error' | 'manual';
  signal?: AbortSignal | null;
}

/**
 * A request over HTTP, under the rules of `sdk.http`. An answer of any status fulfils, once its body is there. Rejects with a `code` as sdk calls do (`EGRESS_BLOCKED`,
 * `HTTP_TIMEOUT`, `HTTP_ERROR`, `RESPONSE_TOO_LARGE`, …), or with the signal's reason. Without a signal it waits 10 s; with one, until it aborts, at most 300 s.
 */
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

declare class Headers {
  constructor(init?: HeadersInit);
  append(name: string, value: string): void;
  delete(name: string): void;
  /** Values of one name are joined by `, `. */
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** A request; its body is read once. */
declare class Request {
  constructor(input: string | URL | Request, init?: RequestInit);
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly redirect: 'follow' | 'error' | 'manual';
  readonly signal: AbortSignal;
  readonly bodyUsed: boolean;
  clone(): Request;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array>;
  formData(): Promise<FormData>;
  json(): Promise<any>;
  text(): Promise<string>;
}

/** An answer; its body is read once. Returned by an `http` script, it is what the caller gets. */
declare class Response {
  constructor(body?: BodyInit | null, init?: { status?: number; statusText?: string; headers?: HeadersInit });
  static error(): Response;
  static json(data: unknown, init?: { status?: number; statusText?: string; headers?: HeadersInit }): Response;
  static redirect(url: string | URL, status?: 301 | 302 | 303 | 307 | 308): Response;
  readonly type: 'basic' | 'default' | 'error';
  /** After redirections. */
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  /** The status is 200 to 299. */
  readonly ok: boolean;
  readonly statusText: string;
  readonly headers: Headers;
  readonly bodyUsed: boolean;
  clone(): Response;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array>;
  formData(): Promise<FormData>;
  json(): Promise<any>;
  text(): Promise<string>;
}

declare class Blob {
  constructor(parts?: Iterable<string | ArrayBuffer | ArrayBufferView | Blob>, options?: { type?: string; endings?: 'transparent' | 'native' });
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number, contentType?: string): Blob;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

declare class File extends Blob {
  constructor(
    parts: Iterable<string | ArrayBuffer | ArrayBufferView | Blob>,
    name: string,
    options?: { type?: string; endings?: 'transparent' | 'native'; lastModified?: number },
  );
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

declare class FormData {
  constructor();
  append(name: string, value: string | Blob, filename?: string): void;
  delete(name: string): void;
  get(name: string): string | File | null;
  getAll(name: string): (string | File)[];
  has(name: string): boolean;
  set(name: string, value: string | Blob, filename?: string): void;
  forEach(callback: (value: string | File, name: string, data: FormData) => void, thisArg?: unknown): void;
  entries(): IterableIterator<[string, string | File]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string | File>;
  [Symbol.iterator](): IterableIterator<[string, string | File]>;
}

declare class URL {
  /** Throws a TypeError where it is no URL. */
  constructor(url: string | URL, base?: string | URL);
  static parse(url: string | URL, base?: string | URL): URL | null;
  static canParse(url: string | URL, base?: string | URL): boolean;
  href: string;
  readonly origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  /** Its changes are changes of the URL. */
  readonly searchParams: URLSearchParams;
  hash: string;
  toJSON(): string;
  toString(): string;
}

declare class URLSearchParams {
  constructor(init?: string | Iterable<[string, string]> | { [name: string]: string });
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  toString(): string;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** To UTF-8. */
declare class TextEncoder {
  constructor();
  readonly encoding: 'utf-8';
  encode(input?: string): Uint8Array;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

/** From any encoding of the Encoding Standard. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

declare class Event {
  constructor(type: string, init?: { bubbles?: boolean; cancelable?: boolean; composed?: boolean });
  readonly type: string;
  readonly target: EventTarget | null;
  readonly srcElement: EventTarget | null;
  readonly currentTarget: EventTarget | null;
  readonly eventPhase: number;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly defaultPrevented: boolean;
  readonly isTrusted: boolean;
  readonly timeStamp: number;
  cancelBubble: boolean;
  readonly returnValue: boolean;
  composedPath(): EventTarget[];
  preventDefault(): void;
  stopPropagation(): void;
  stopImmediatePropagation(): void;
}

type EventListener = ((event: Event) => void) | { handleEvent(event: Event): void };

declare class EventTarget {
  constructor();
  addEventListener(
    type: string, callback: EventListener | null, options?: boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal },
  ): void;
  removeEventListener(type: string, callback: EventListener | null, options?: boolean | { capture?: boolean }): void;
  /** False where a listener prevented the default. */
  dispatchEvent(event: Event): boolean;
}

declare class AbortController {
  constructor();
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class AbortSignal extends EventTarget {
  private constructor();
  static abort(reason?: unknown): AbortSignal;
  /** Aborts with a `TimeoutError` after that many milliseconds. */
  static timeout(milliseconds: number): AbortSignal;
  static any(signals: Iterable<AbortSignal>): AbortSignal;
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((event: Event) => void) | null;
  throwIfAborted(): void;
}

declare class DOMException extends Error {
  constructor(message?: string, name?: string);
  /** The legacy number of its name; 0 for newer names. */
  readonly code: number;
}
