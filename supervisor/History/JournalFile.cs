using Microsoft.Win32.SafeHandles;

namespace Sandbox.Supervisor.History;

/// <summary>One file of the journal. Its owner guards it with a lock; it goes when it is full and all its records are stored.</summary>
internal sealed class JournalFile
{
    private readonly SafeFileHandle _handle;
    private int _open;
    private bool _closed;

    /// <exception cref="IOException">It cannot be made, or its header not be written; nothing is left of it.</exception>
    public JournalFile(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        try
        {
            var header = JournalHeader.Make();
            RandomAccess.Write(_handle, header, 0);
            Length = header.Length;
        }
        catch (IOException)
        {
            _handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>One pwrite(2). What fails half-way is written over by the next.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        RandomAccess.Write(_handle, record, Length);
        Length += record.Length;
        _open++;
    }

    /// <summary>A record in it is stored, or superseded by one that is.</summary>
    public void Settle()
    {
        _open--;
        RemoveIfDone();
    }

    /// <summary>Nothing more is appended.</summary>
    public void Close()
    {
        _closed = true;
        _handle.Dispose();
        RemoveIfDone();
    }

    private void RemoveIfDone()
    {
        if (_closed && _open == 0)
            File.Delete(Path);
    }
}
