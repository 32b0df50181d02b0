namespace Sandbox.Worker.Isolates;

/// <summary>How the code of an entry came back.</summary>
internal enum EntryEnding
{
    Returned = 0,
    Interrupted,
    OutOfMemory,
    Broken,
}
