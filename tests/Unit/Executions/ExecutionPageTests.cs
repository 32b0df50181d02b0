using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Rest;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Executions;

public sealed class ExecutionPageTests
{
    private static readonly Page<Execution> s_none = new([], null);
    private static readonly Guid s_tenant = Guid.CreateVersion7();

    // Which of the three places has each of twelve executions; the newest is the last.
    private static readonly string[] s_places =
        ["flight", "stored", "stored", "buffered", "stored", "flight", "buffered", "stored", "flight+buffered", "buffered+stored", "flight", "flight+stored"];

    private readonly List<Execution> _inFlight = [];
    private readonly List<ExecutionRecord> _buffered = [];
    private readonly List<Execution> _stored = [];
    private readonly List<Execution> _final = [];

    public ExecutionPageTests()
    {
        for (var n = 0; n < s_places.Length; n++)
        {
            var at = Sample.Now.AddMilliseconds(n);
            var ended = (n % 3 == 0 ? Sample.Failed(s_tenant) : Sample.Completed(s_tenant)) with { Id = Guid.CreateVersion7(at), CreatedAt = at };
            var running = ended with { Status = n == 10 ? ExecutionStatus.Pending : ExecutionStatus.Running, Code = null, Error = null, FinishedAt = null };
            if (s_places[n].Contains("flight")) _inFlight.Insert(0, running);
            if (s_places[n].Contains("buffered")) _buffered.Add(Sample.Record(ended));
            if (s_places[n].Contains("stored")) _stored.Add(ended);
            _final.Add(s_places[n] == "flight" ? running : ended);
        }
    }

    public static TheoryData<ExecutionStatus?, int> Pages
    {
        get
        {
            var rows = new TheoryData<ExecutionStatus?, int>();
            foreach (var limit in (int[])[1, 2, 3, 5, 12, 13, 200])
            {
                rows.Add(null, limit);
                foreach (var status in Enum.GetValues<ExecutionStatus>()) rows.Add(status, limit);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_execution_is_on_exactly_one_page_in_its_latest_state(ExecutionStatus? status, int limit)
    {
        var filter = new ExecutionFilter { Status = status };
        var listed = new List<Execution>();
        for (string? cursor = null; ;)
        {
            var page = List(filter, limit, cursor);
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            listed.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) break;
            page.Items.Count.ShouldBe(limit);
        }

        var expected = _final.Where(execution => status is null || execution.Status == status).Reverse().ToArray();
        // The store's filter has left out the stored row of the one that is in flight and stored; its snapshot was true when it was taken.
        if (status == ExecutionStatus.Running) expected = [_inFlight[0], .. expected];
        listed.ShouldBe(expected);
    }

    [Fact]
    public void An_execution_that_runs_is_on_a_later_page_where_it_is_older_than_the_first()
    {
        var first = List(new ExecutionFilter(), 11, null);
        first.Items.ShouldNotContain(execution => execution.Id == _final[0].Id);
        var last = List(new ExecutionFilter(), 11, first.NextCursor).Items.ShouldHaveSingleItem();
        last.Id.ShouldBe(_final[0].Id);
        last.Status.ShouldBe(ExecutionStatus.Running);
    }

    [Fact]
    public void A_buffered_end_is_not_listed_as_running() =>
        List(new ExecutionFilter { Status = ExecutionStatus.Running }, 200, null).Items.ShouldNotContain(execution => execution.Id == _final[8].Id);

    [Fact]
    public void An_empty_list_has_no_next_page() =>
        ExecutionPage.Merge(null, 1, new ExecutionFilter(), s_none, [], [], new Page<Execution>([], null)).ShouldSatisfyAllConditions(
            page => page.Items.ShouldBeEmpty(), page => page.NextCursor.ShouldBeNull());

    [Fact]
    public void The_trigger_of_a_buffered_record_is_found_wherever_its_type_stands()
    {
        var execution = Sample.Completed(s_tenant) with { Trigger = new RawJson("""{"httpRequest":{"type":"no"},"type":"http"}""") };
        ExecutionPage.Merge(null, 1, new ExecutionFilter { Trigger = TriggerType.Http }, s_none, [], [Sample.Record(execution)], new Page<Execution>([], null))
            .Items.ShouldHaveSingleItem();
    }

    private Page<Execution> List(ExecutionFilter filter, int limit, string? cursor)
    {
        var before = cursor is null ? (Guid?)null : Cursor.ReadId(cursor);
        return ExecutionPage.Merge(before, limit, filter, s_none, _inFlight, _buffered, Stored(filter, limit, before));
    }

    /// <summary>As the store answers.</summary>
    private Page<Execution> Stored(ExecutionFilter filter, int limit, Guid? before)
    {
        var rows = _stored.Where(execution => (before is null || execution.Id.CompareTo(before.Value) < 0) && (filter.Status is null || execution.Status == filter.Status))
            .OrderByDescending(execution => execution.Id).ToArray();
        var items = rows.Take(limit).ToArray();
        return new Page<Execution>(items, rows.Length > limit ? Cursor.Of(items[^1].Id) : null);
    }
}
