namespace Sandbox.Supervisor.Broker;

/// <summary>A call as the execution's call log has it.</summary>
/// <param name="Capability">What was called; null bytes and lone surrogates cannot be in it.</param>
/// <param name="Summary">What it was about, masked; never a payload.</param>
/// <param name="Status"><c>ok</c>, or the code it was refused with.</param>
/// <param name="Bytes">UTF-16 characters of arguments and answer, which is their bytes where both are ASCII.</param>
/// <param name="Ms">From the call's arrival to its answer.</param>
/// <param name="OffsetMs">From the execution's start to the call's arrival.</param>
internal sealed record CallRecord(string Capability, string Summary, string Status, long Bytes, double Ms, double OffsetMs);
