using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// What it means to settle an execution, by the door it came through. The tail is the same for all; a ledger makes it durable.
/// The journal's is for who waits for the answer; a queue's holds a claimed row with its fencing token, and writes history, retry or dead letter and that row in one transaction.
/// </summary>
internal interface ILedger
{
    /// <summary>Returns once it is on record that the execution waits for a slot.</summary>
    /// <exception cref="IOException">It could not be written; the execution must not go on.</exception>
    void Waiting(InFlightExecution execution);

    /// <summary>Returns once it is on record that the execution runs. A second word on the same execution replaces the first.</summary>
    /// <exception cref="IOException">It could not be written; the execution must not run.</exception>
    void Running(InFlightExecution execution);

    /// <summary>
    /// Asked of an execution that ended before it ran. True: it is not final; the ledger has it again and will let it run later.
    /// </summary>
    /// <param name="code">Why it could not run.</param>
    ValueTask<bool> TakeBackAsync(InFlightExecution execution, string? code);

    /// <summary>Completes once the end cannot be lost any more, whoever still listens.</summary>
    ValueTask SettleAsync(ExecutionRecord record);
}
