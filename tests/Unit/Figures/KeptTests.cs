using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Figures;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Figures;

public sealed class KeptTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _tenant = Guid.NewGuid();
    private readonly Kept<string> _kept;
    private int _made;

    public KeptTests() => _kept = new Kept<string>(_time, TimeSpan.FromMilliseconds(100));

    [Fact]
    public async Task What_is_quick_is_made_each_time()
    {
        (await GetAsync(99)).ShouldBe("1");
        (await GetAsync(99)).ShouldBe("2");
    }

    [Theory]
    [InlineData(200, 20)]
    [InlineData(5_000, 60)]
    public async Task What_took_long_is_answered_again_a_hundred_times_as_long_and_a_minute_at_most(int tookMs, int keptSeconds)
    {
        (await GetAsync(tookMs)).ShouldBe("1");
        _time.Advance(TimeSpan.FromSeconds(keptSeconds) - TimeSpan.FromMilliseconds(1));
        (await GetAsync(tookMs)).ShouldBe("1");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await GetAsync(tookMs)).ShouldBe("2");
    }

    [Fact]
    public async Task What_does_not_hold_any_more_and_what_is_another_tenants_is_not_answered()
    {
        await GetAsync(1_000);
        (await _kept.GetAsync(_tenant, _ => false, () => Task.FromResult("new"))).ShouldBe("new");
        (await _kept.GetAsync(Guid.NewGuid(), _ => true, () => Task.FromResult("other"))).ShouldBe("other");
    }

    private Task<string> GetAsync(int tookMs) => _kept.GetAsync(_tenant, _ => true, () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(tookMs));
        return Task.FromResult($"{++_made}");
    });
}
