namespace Sandbox.Supervisor.Queue;

/// <summary>
/// Who gets how many of the free slots: deficit round robin between tenants, round robin between the scripts of one. A round gives each
/// tenant with due work one slot; a tenant for whom none was left goes first the next time.
/// </summary>
internal sealed class LaneShares
{
    /// <summary>Slots a tenant was entitled to and did not get, of those that have due work.</summary>
    private Dictionary<Guid, int> _deficits = [];

    /// <param name="due">Scripts with due work, each with how many more of it and of its tenant may run now.</param>
    /// <param name="free">Slots of this node.</param>
    public IReadOnlyList<(Lane Lane, int Take)> Divide(IReadOnlyList<(Lane Lane, int ScriptFree, int TenantFree)> due, int free)
    {
        var tenants = due
            .GroupBy(one => one.Lane.TenantId)
            .Select(group => new Share(group.Key, group.Min(one => one.TenantFree), [.. group.OrderBy(one => one.Lane.DueAt).Select(one => new LaneShare(one.Lane, one.ScriptFree))]))
            .OrderByDescending(share => _deficits.GetValueOrDefault(share.TenantId))
            .ThenBy(share => share.Lanes[0].Lane.DueAt)
            .ToList();
        var deficits = tenants.ToDictionary(share => share.TenantId, share => _deficits.GetValueOrDefault(share.TenantId));
        for (var active = tenants.ToList(); active.Count > 0;)
        {
            foreach (var share in active)
            {
                if (!share.CanTake) continue;
                if (free > 0)
                {
                    share.TakeOne();
                    free--;
                    deficits[share.TenantId] = 0;
                }
                else
                {
                    deficits[share.TenantId]++;
                }
            }

            if (free == 0) break;
            active.RemoveAll(share => !share.CanTake);
        }

        _deficits = deficits;
        return [.. tenants.SelectMany(share => share.Lanes).Where(lane => lane.Taken > 0).Select(lane => (lane.Lane, lane.Taken))];
    }

    private sealed class Share(Guid tenantId, int free, LaneShare[] lanes)
    {
        private int _free = free;
        private int _next;

        public Guid TenantId => tenantId;
        public LaneShare[] Lanes => lanes;
        public bool CanTake => _free > 0 && lanes.Any(lane => lane.Free > 0);

        public void TakeOne()
        {
            while (lanes[_next % lanes.Length].Free == 0) _next++;
            var lane = lanes[_next++ % lanes.Length];
            lane.Free--;
            lane.Taken++;
            _free--;
        }
    }

    private sealed class LaneShare(Lane lane, int free)
    {
        public Lane Lane => lane;
        public int Free { get; set; } = free;
        public int Taken { get; set; }
    }
}
