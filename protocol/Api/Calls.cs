using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>One broker call of an execution. The log of an execution has its first 10,000.</summary>
/// <param name="Seq">From 1, without gaps, in the order in which the calls were answered.</param>
/// <param name="Capability">The called method without <c>sdk.</c>, such as <c>cache.get</c>.</param>
/// <param name="Summary">What it was about, without secrets; empty where the script's record policy keeps none.</param>
/// <param name="Status"><c>ok</c>, or the code that the call was refused with.</param>
/// <param name="Bytes">Of its arguments and its answer together.</param>
/// <param name="Ms">From the arrival of the call to its answer.</param>
/// <param name="OffsetMs">From the start of the execution to the arrival of the call.</param>
public sealed record CallEntry(
    int Seq,
    [property: JsonConverter(typeof(LosslessStringConverter))] string Capability,
    [property: JsonConverter(typeof(LosslessStringConverter))] string Summary,
    string Status,
    long Bytes,
    double Ms,
    double OffsetMs);
