using Sandbox.Supervisor.Workers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Workers;

public sealed class PreparationsTests
{
    private const int Patience = 30_000;
    private readonly Preparations _preparations = new();
    private readonly List<(string Key, TaskCompletionSource Made)> _begun = [];

    [Fact(Timeout = Patience)]
    public async Task A_few_are_made_at_once_and_the_others_in_the_order_in_which_they_came()
    {
        Task[] all = [.. Enumerable.Range(0, Preparations.AtOnce + 2).Select(i => Begin($"v{i}"))];

        for (var done = 0; done < all.Length; done++)
        {
            await UntilBegunAsync(Math.Min(done + Preparations.AtOnce, all.Length));
            lock (_begun) _begun.Select(one => one.Key).ShouldBe(Enumerable.Range(0, Math.Min(done + Preparations.AtOnce, all.Length)).Select(i => $"v{i}"), ignoreOrder: true);
            Made(done).SetResult();
        }

        await Task.WhenAll(all);
    }

    [Fact(Timeout = Patience)]
    public async Task Who_asks_for_the_same_version_waits_for_the_same_making_and_a_failed_one_gives_its_turn_away()
    {
        var first = Begin("v");
        Begin("v").ShouldBeSameAs(first);
        await UntilBegunAsync(1);
        Made(0).SetException(new InvalidOperationException());
        await first.ShouldThrowAsync<InvalidOperationException>();

        Task[] further = [.. Enumerable.Range(0, Preparations.AtOnce).Select(i => Begin(i == 0 ? "v" : $"w{i}"))];
        await UntilBegunAsync(1 + Preparations.AtOnce);
        for (var i = 1; i <= Preparations.AtOnce; i++) Made(i).SetResult();
        await Task.WhenAll(further);
    }

    private TaskCompletionSource Made(int at)
    {
        lock (_begun) return _begun[at].Made;
    }

    private Task Begin(string key) => _preparations.RunAsync(key, () =>
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_begun) _begun.Add((key, made));
        return made.Task;
    });

    private async Task UntilBegunAsync(int count)
    {
        while (true)
        {
            lock (_begun)
            {
                if (_begun.Count >= count) return;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
