using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Workers;

public sealed class PacedStreamTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_second_brings_a_seconds_bytes_and_no_more()
    {
        var time = new FakeTimeProvider();
        await using var endless = new EndlessStream();
        await using var paced = new PacedStream(endless, time);
        var buffer = new byte[1 << 20];
        ValueTask<int> reading;
        while ((reading = paced.ReadAsync(buffer, TestContext.Current.CancellationToken)).IsCompleted) await reading;
        endless.Read.ShouldBeInRange(PacedStream.BytesPerSecond, PacedStream.BytesPerSecond + (2L << 20));

        time.Advance(TimeSpan.FromSeconds(1));
        (await reading).ShouldBe(buffer.Length);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public new long Read { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Read += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
