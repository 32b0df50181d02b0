using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Worker.Logs;

namespace Sandbox.Worker.Isolates;

internal sealed partial class Scheduler
{
    /// <summary>
    /// What comes out of one isolate. Called on its entry thread, so <see cref="Isolate.Current"/> stands still; what names any
    /// other invocation is left-over code and is not heard.
    /// </summary>
    private sealed class HostCalls(Scheduler scheduler, Isolate isolate) : IHostCalls
    {
        private const int DepthMax = 500;
        private const int MessageBytesMax = 8 * 1024;

        public bool Log(ReadOnlySpan<char> invocation, int level, string message, string metadata)
        {
            if (Current(invocation) is not { } current) return false;
            current.Log.Add(level, message, metadata.Length == 0 ? null : metadata, scheduler.UnixMicroseconds());
            scheduler._link.Say(current);
            return !current.Log.IsFull;
        }

        public void Progress(ReadOnlySpan<char> invocation, double done, double? total, string? message)
        {
            if (Current(invocation) is not { } current) return;
            current.Log.SetProgress(new WorkerProgress(done, total, message is null ? null : JsonText.Encode(message)));
            scheduler._link.Say(current);
        }

        public void Timer(ReadOnlySpan<char> invocation, double? milliseconds)
        {
            if (Current(invocation) is not { } current) return;
            if (milliseconds is { } delay) scheduler._timers.Set(current, delay);
            else scheduler._timers.Clear(current);
        }

        public void Label(ReadOnlySpan<char> invocation, string key, string value)
        {
            if (Current(invocation) is not { Settlement: null } current) return;
            current.Log.SetLabel(key, value);
            scheduler._link.Say(current);
        }

        public string Usage(ReadOnlySpan<char> invocation)
        {
            if (Current(invocation) is not { } current) return "";
            var slot = isolate.Slot!;
            var duration = Stopwatch.GetElapsedTime(current.StartedAt).TotalMilliseconds;
            var cpu = (current.CpuMicroseconds + slot.Clock.Microseconds - slot.CpuBefore) / 1000.0;
            return string.Create(CultureInfo.InvariantCulture, $"{duration:0.###} {cpu:0.###} {isolate.Engine!.UsedBytes} {current.Log.Bytes}");
        }

        public void Call(ReadOnlySpan<char> invocation, int call, string capability, string arguments)
        {
            if (Current(invocation) is { Settlement: null } current) scheduler._link.Call(current, call, capability, arguments);
        }

        public void Settled(ReadOnlySpan<char> invocation, char kind, Dropped dropped, string? text)
        {
            if (Current(invocation) is not { Settlement: null } current) return;
            current.Dropped = dropped;
            current.SettledAt = Stopwatch.GetTimestamp();
            current.Settlement = Read(current.Request, kind, text);
        }

        public void Explained(ReadOnlySpan<char> invocation, string text)
        {
            if (Current(invocation) is { Settlement: { Error: not null } settlement } current) current.Settlement = settlement with { Error = Error(text) };
        }

        private static InvocationResult Read(InvocationRequest request, char kind, string? text) => kind switch
        {
            'd' or 'r' when Encoding.UTF8.GetByteCount(text!) > request.OutputBytesMax => TooLarge(request),
            'd' when IsTooDeep(text!) => new InvocationResult
            {
                Outcome = InvocationOutcome.InvalidOutput,
                Error = new ScriptError(null, JsonText.Encode($"The returned value is nested deeper than {DepthMax} levels"), null, null, null, null, Retryable: true),
            },
            'd' => new InvocationResult { Outcome = InvocationOutcome.Completed, Output = text },
            'r' => new InvocationResult { Outcome = InvocationOutcome.Completed, Output = text, Responded = true },
            'u' => new InvocationResult { Outcome = InvocationOutcome.Completed },
            'o' => TooLarge(request),
            'i' => new InvocationResult { Outcome = InvocationOutcome.InvalidOutput, Error = Error(text!) },
            'v' => new InvocationResult { Outcome = InvocationOutcome.InvalidInput, Error = Error(text!) },
            'm' => new InvocationResult { Outcome = InvocationOutcome.MemoryExceeded, Error = Error(text!) },
            _ => new InvocationResult { Outcome = InvocationOutcome.Threw, Error = Error(text!) },
        };

        private static InvocationResult TooLarge(InvocationRequest request) => new()
        {
            Outcome = InvocationOutcome.OutputTooLarge,
            Error = new ScriptError(null, JsonText.Encode($"The output is longer than its limit of {request.OutputBytesMax} bytes"), null, null, null, null, Retryable: true),
        };

        private static ScriptError Error(string text)
        {
            using var parts = JsonDocument.Parse(text);
            var list = parts.RootElement;
            return new ScriptError(Text(list[0]), Message(list[1]), Number(list[2]), Number(list[3]), Text(list[4]), list[5].ValueKind == JsonValueKind.String ? list[5].GetString() : null, list[6].GetBoolean());
        }

        private static int? Number(JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetInt32() : null;

        // The raw text is what crosses: GetString refuses lone surrogates, which a script may well throw.
        private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetRawText() : null;

        private static string Message(JsonElement element)
        {
            var literal = element.GetRawText();
            return literal.Length * 3 <= MessageBytesMax ? literal : JsonText.Encode(JsonText.Cut(JsonText.Read(literal), MessageBytesMax));
        }

        private static bool IsTooDeep(string json)
        {
            if (json[0] is not ('{' or '[')) return false;
            var depth = 0;
            for (var i = 0; i < json.Length; i++)
            {
                switch (json[i])
                {
                    case '"':
                        i++;
                        while (json[i] != '"') i += json[i] == '\\' ? 2 : 1;
                        break;
                    case '{' or '[':
                        if (++depth > DepthMax) return true;
                        break;
                    case '}' or ']':
                        depth--;
                        break;
                    default:
                        break;
                }
            }

            return false;
        }

        private Invocation? Current(ReadOnlySpan<char> invocation) =>
            isolate.Current is { } current && invocation.SequenceEqual(current.Name) ? current : null;
    }
}
