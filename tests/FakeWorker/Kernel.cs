using System.Runtime.InteropServices;

namespace Sandbox.FakeWorker;

/// <summary>System calls by their x86-64 number: what an attacker with code of his own would use.</summary>
internal static partial class Kernel
{
    public const int Write = 1;
    public const int Fork = 57;
    public const int Exit = 60;
    public const int Kill = 62;
    public const int SetSid = 112;
    public const int GetPgid = 121;
    public const int Pause = 34;
    public const int TgKill = 234;
    public const int FTruncate = 77;

    public static long Call(int number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) => syscall(number, a, b, c, d, e, f);

    /// <summary>"ok", or the name of the error.</summary>
    public static string Try(int number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
    {
        var result = syscall(number, a, b, c, d, e, f);
        return result >= 0 ? "ok" : Error(Marshal.GetLastPInvokeError());
    }

    public static string Error(int errno) => errno switch
    {
        1 => "EPERM",
        2 => "ENOENT",
        3 => "ESRCH",
        9 => "EBADF",
        11 => "EAGAIN",
        13 => "EACCES",
        14 => "EFAULT",
        22 => "EINVAL",
        27 => "EFBIG",
        30 => "EROFS",
        38 => "ENOSYS",
        _ => $"errno {errno}",
    };

#pragma warning disable IDE1006 // the names are libc's
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long a, long b, long c, long d, long e, long f);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdir(string path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc")]
    public static partial void abort();

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execv(string path, nint arguments);
#pragma warning restore IDE1006
}
