using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>What a code means to a person: the icon of its family, and what to do about it.</summary>
/// <param name="Icon">A name of <see cref="IconTagHelper"/>.</param>
/// <param name="Advice">A sentence; null where the message says it all.</param>
public sealed record CodeGuide(string Icon, string? Advice)
{
    private static readonly CodeGuide s_unknown = new("server", null);

    private static readonly Dictionary<string, CodeGuide> s_all = new(StringComparer.Ordinal)
    {
        [Codes.SyntaxError] = new("braces", "Mend the line that is marked and publish the script again."),
        [Codes.ScriptError] = new("braces", "Look at the line that is marked and at the input below. Mend the script or the input, then run it again."),
        [Codes.Timeout] = new("gauge", "See under “What it did” what took the time. Make less of it in one execution, or raise the script's timeout_ms."),
        [Codes.MemoryLimit] = new("gauge", "Hold less at once: read and write in pages. Or raise the script's memory_bytes."),
        [Codes.OutputTooLarge] = new("gauge", "Return less: a count, or an id instead of the rows. Or raise the script's output_bytes."),
        [Codes.InputTooLarge] = new("gauge", "Send less at once. Or raise the script's output_bytes, which bounds the input as well."),
        [Codes.CallLimit] = new("gauge", "Make fewer calls: read many rows with one find, write many with one insert. Or raise the limit of calls."),
        [Codes.ChainLimit] = new("gauge", "The script causes itself, by its own events or calls. Break the circle."),
        [Codes.InvalidInput] = new("file-text", "Compare the input below with the script's input schema."),
        [Codes.InvalidOutput] = new("file-text", "Return what JSON can hold: no circle, no function, at most 500 levels."),
        [Codes.InvalidArgument] = new("file-text", "Compare the call at the marked line with its description in the editor."),
        [Codes.RateLimit] = new("layers", "Call less often, or raise the script's requests per minute."),
        [Codes.QuotaExceeded] = new("layers", "The tenant used up what it may run. An operator can raise it."),
        [Codes.ConcurrencyLimit] = new("layers", "All places were taken for too long. Make the script shorter, or raise its concurrency."),
        [Codes.Overloaded] = new("layers", "The machine had no room. It may be run again; an operator sees the workers in the metrics."),
        [Codes.EgressBlocked] = new("globe", "The address may not be called. Declare its host in the script's uses; an operator decides about private ones."),
        [Codes.HttpTimeout] = new("globe", "The other side did not answer in time. Try again later, or give the call a longer timeout."),
        [Codes.HttpError] = new("globe", "The other side could not be reached or broke off. See the call under “What it did”."),
        [Codes.ResponseTooLarge] = new("globe", "Ask the other side for less at once."),
        [Codes.NotAllowed] = new("database", "Declare in the script's uses what it needs, and open the entity's operation under entities."),
        [Codes.NotFound] = new("database", "Look at the name in the call at the marked line."),
        [Codes.Conflict] = new("database", "Something else changed it at the same time. It may be run again."),
        [Codes.WorkerLost] = new("server", "This was not the script's fault alone: its worker ended. It may be run again where what it does can be done twice."),
        [Codes.Interrupted] = new("server", "The service was stopped while it ran. It may be run again where what it does can be done twice."),
    };

    public static CodeGuide For(string code) => s_all.GetValueOrDefault(code, s_unknown);
}
