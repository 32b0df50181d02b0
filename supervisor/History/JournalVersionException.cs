namespace Sandbox.Supervisor.History;

/// <summary>A file of the journal has a format that this build does not read. The message is one sentence for the operator, with the remedy.</summary>
internal sealed class JournalVersionException(string path, int version) : Exception(
    $"The journal file {path} has format version {version}; this build reads version {JournalHeader.FormatVersion}. "
    + "Start the version of the product that wrote it once, so that it stores its records, or move the file out of the directory to leave them out of the history.");
