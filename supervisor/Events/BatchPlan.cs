using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Which batches new deliveries join and open. Pure.</summary>
/// <param name="Deliveries">All of them; those of a batch have its id and execution.</param>
/// <param name="Changes">The batches that are touched.</param>
/// <param name="Opened">The executions of new batches.</param>
internal sealed record BatchPlan(IReadOnlyList<NewDelivery> Deliveries, IReadOnlyList<BatchChange> Changes, IReadOnlyList<QueueItem> Opened)
{
    /// <summary>The name under which the queue tells how a batch ended.</summary>
    public const string Origin = "batch";

    /// <param name="deliveries">In the order of the events.</param>
    /// <param name="open">At most one for each script and key.</param>
    public static BatchPlan Of(IReadOnlyList<NewDelivery> deliveries, IEnumerable<OpenBatch> open)
    {
        var growing = open.ToDictionary(batch => new Line(batch.ScriptId, batch.Key), batch => new Growing(batch, null));
        var touched = new List<Growing>(growing.Values);
        var placed = new List<NewDelivery>(deliveries.Count);
        foreach (var delivery in deliveries)
        {
            if (delivery.Part is not { } part)
            {
                placed.Add(delivery);
                continue;
            }

            var line = new Line(delivery.Item.ScriptId, delivery.Item.OrderKey);
            if (!growing.TryGetValue(line, out var batch) || !batch.Takes(part))
            {
                batch?.Close();
                growing[line] = batch = Growing.With(delivery, part);
                touched.Add(batch);
            }

            batch.Add(delivery, part);
            placed.Add(delivery with { BatchId = batch.Id, Item = delivery.Item with { ExecutionId = batch.ExecutionId } });
        }

        return new BatchPlan(
            placed,
            [.. touched.Where(batch => batch.IsTouched).Select(batch => batch.Change())],
            [.. touched.Where(batch => batch.IsNew).Select(batch => batch.Item())]);
    }

    private readonly record struct Line(Guid ScriptId, string? Key);

    /// <summary>A batch while events join it.</summary>
    private sealed class Growing(OpenBatch found, QueueItem? first)
    {
        private readonly List<string> _payloads = [];
        private readonly List<string> _events = [];
        private int _count = found.Events;
        private long _bytes = found.Bytes;
        private int _depth;
        private bool _closed;

        public Guid Id => found.Id;
        public Guid ExecutionId => found.ExecutionId;
        public bool IsNew => first is not null;
        public bool IsTouched => _closed || _events.Count > 0;

        public static Growing With(NewDelivery delivery, BatchPart part)
        {
            var (item, now) = (delivery.Item, delivery.Item.CreatedAt);
            var batch = new OpenBatch(
                item.TenantId, Guid.CreateVersion7(now), item.ScriptId, item.OrderKey, item.ExecutionId, Events: 0, Bytes: 0, now + part.Within);
            return new Growing(batch, item);
        }

        public bool Takes(BatchPart part) => !_closed && _count < part.Max && _bytes + part.Bytes <= part.BytesMax;

        public void Close() => _closed = true;

        public void Add(NewDelivery delivery, BatchPart part)
        {
            _payloads.Add(part.Payload);
            _events.Add(part.Event);
            _count++;
            _bytes += part.Bytes;
            _depth = Math.Max(_depth, delivery.Item.Depth);
            if (_count >= part.Max) _closed = true;
        }

        public BatchChange Change() => new(
            found with { Events = _count, Bytes = _bytes }, IsNew, _closed, string.Join(',', _payloads), string.Join(',', _events), _depth);

        public QueueItem Item() => first! with
        {
            Trigger = new RawJson($$"""{"type":"event","events":[{{string.Join(',', _events)}}]}"""),
            Input = new RawJson($"[{string.Join(',', _payloads)}]"),
            Origin = (Origin, Id),
            IdempotencyKey = Id.ToString(),
            Depth = _depth,
            DueAt = _closed ? null : found.ClosesAt,
        };
    }
}
