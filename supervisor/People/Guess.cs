using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>What became of a guess.</summary>
/// <param name="Refusal">Null: it was right.</param>
/// <param name="Locks">It locked the account.</param>
internal readonly record struct Guess(Problem? Refusal, bool Locks);
