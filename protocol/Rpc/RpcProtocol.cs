namespace Sandbox.Protocol.Rpc;

/// <summary>What both ends of the pipe must agree on before anything else is said.</summary>
public static class RpcProtocol
{
    /// <summary>Raised with every change of <see cref="IWorker"/>, <see cref="IWorkerHost"/> or their messages. A worker of another version is refused at its hello.</summary>
    public const int Version = 3;

    /// <summary>Version key of the script that the supervisor has a new worker run before anyone's; no version of a tenant has such a key.</summary>
    public const string WarmUpVersion = "warm-up";

    /// <summary>
    /// Bytes of the largest frame either end accepts: an input or output of 10 MB (the top of their range) whose
    /// every byte needs escaping once, plus the envelope. StreamJsonRpc itself has no cap.
    /// </summary>
    public const int FrameBytesMax = 24 * 1024 * 1024;

    /// <summary>Labels of an execution.</summary>
    public const int LabelsMax = 10;

    /// <summary>Characters of a label's key.</summary>
    public const int LabelKeyMax = 50;

    /// <summary>Characters of a label's value.</summary>
    public const int LabelValueMax = 200;

    /// <summary>Calls of one invocation that wait for their answers; the worker keeps back what is more.</summary>
    public const int CallsInFlightMax = 32;

    /// <summary>
    /// Characters of the arguments of all calls of one invocation that wait for their answers, and so of one call: a body of 10 MB
    /// as base64 and what belongs to it. The worker refuses a call of its script that would not fit a frame in UTF-8.
    /// </summary>
    public const int CallCharactersMax = 14_500_000;
}
