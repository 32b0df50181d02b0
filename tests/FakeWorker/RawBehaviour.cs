using System.Globalization;
using System.Runtime.InteropServices;

namespace Sandbox.FakeWorker;

/// <summary>One behaviour per word, without any regard for the protocol.</summary>
internal static unsafe class RawBehaviour
{
    public static int Run(string[] words)
    {
        switch (words)
        {
            case ["print"]:
                Pipe.Say("here");
                return 0;
            case ["hang"]:
                Pipe.Say("here");
                Pipe.Hang();
                return 0;
            case ["exit", var status]:
                return int.Parse(status, CultureInfo.InvariantCulture);
            case ["last-words", var count]:
                Pipe.Say(new string('x', int.Parse(count, CultureInfo.InvariantCulture)));
                return 0;
            case ["abort"]:
                Kernel.abort();
                return 0;
            case ["shout"]:
                for (var i = 0; i < 100_000; i++) Console.Error.WriteLine($"line {i.ToString(CultureInfo.InvariantCulture)}");
                return 0;
            case ["shout-on"]:
                var noise = Noise();
                using (var error = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0))
                    while (true) error.Write(noise);
            case ["takeover", .. var how]:
                Pipe.Say(Takeover.Findings(careful: how is ["careful"]));
                Pipe.Hang();
                return 0;
            case ["board", var invocation]:
                WriteBoard(long.Parse(invocation, CultureInfo.InvariantCulture));
                Pipe.Say("written");
                Pipe.Hang();
                return 0;
            case ["grow-board"]:
                return (int)Kernel.Call(18, 3, (nint)Unmanaged("x"), 1, 8192); // pwrite64: SIGXFSZ
            case ["foreign-call"]:
                return (int)Kernel.Call(0x4000_0000 | 39); // getpid of the x32 architecture
            case ["eat-memory", var megabytes]:
                Pipe.Say("here");
                EatMemory(long.Parse(megabytes, CultureInfo.InvariantCulture));
                Pipe.Say("eaten");
                Pipe.Hang();
                return 0;
            case ["thread-bomb"]:
                Pipe.Say(ThreadBomb().ToString(CultureInfo.InvariantCulture));
                Pipe.Hang();
                return 0;
            case ["fork-bomb"]:
                Pipe.Say(ForkBomb().ToString(CultureInfo.InvariantCulture));
                Pipe.Hang();
                return 0;
            case ["daemonise"]:
                Daemonise();
                Pipe.Hang();
                return 0;
            case ["daemonise-and-exit"]:
                Daemonise();
                return 0;
            case ["stop"]:
                Pipe.Say("here");
                Kernel.Call(Kernel.TgKill, Environment.ProcessId, Environment.ProcessId, 19);
                Pipe.Hang();
                return 0;
            case ["burn"]:
                Pipe.Say("here");
                while (true) { }
            case ["garbage"]:
                while (true) Pipe.Output.Write(Noise());
            case ["gigabyte-frame"]:
                Pipe.Output.Write([0x40, 0, 0, 0]);
                for (var sent = 0; sent < 1024; sent++) Pipe.Output.Write(new byte[1024 * 1024]);
                Pipe.Hang();
                return 0;
            case ["silent"]:
                Pipe.Input.CopyTo(Stream.Null);
                return 0;
            case ["never-reads"]:
                Pipe.Hang();
                return 0;
            default:
                Console.Error.WriteLine($"No such behaviour: {string.Join(' ', words)}");
                return 64;
        }
    }

    public static void WriteBoard(long invocation)
    {
        var page = (long*)Kernel.mmap(0, 4096, 3, 1, 3, 0);
        if ((nint)page == -1) throw new InvalidOperationException($"mmap of the board: {Kernel.Error(Marshal.GetLastPInvokeError())}");
        page[0] = invocation;
    }

    private static byte[] Noise()
    {
        var noise = new byte[4096];

        // Not the cryptographic generator: that is OpenSSL's, which is not in a worker's root.
        Random.Shared.NextBytes(noise);
        return noise;
    }

    private static byte* Unmanaged(string text) => (byte*)Marshal.StringToHGlobalAnsi(text);

    private static void EatMemory(long megabytes)
    {
        for (long eaten = 0; eaten < megabytes; eaten++)
        {
            var block = (byte*)Kernel.mmap(0, 1024 * 1024, 3, 0x22, -1, 0);
            for (var offset = 0; offset < 1024 * 1024; offset += 4096) block[offset] = 1;
        }
    }

    private static int ThreadBomb()
    {
        var made = 0;
        try
        {
            for (; made < 2000; made++) new Thread(Pipe.Hang, 64 * 1024) { IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            // How .NET says EAGAIN of clone(2).
        }
        catch (ThreadStartException)
        {
        }

        return made;
    }

    private static int ForkBomb()
    {
        for (var made = 0; made < 2000; made++)
        {
            switch (Kernel.Call(Kernel.Fork))
            {
                case < 0:
                    return made;
                case 0:
                    Sleep();
                    break;
            }
        }

        return 2000;
    }

    /// <summary>A child that left its parent, its session and its group, ignores what can be ignored, says so and waits.</summary>
    private static void Daemonise()
    {
        if (Kernel.Call(Kernel.Fork) is var child && child < 0) throw new InvalidOperationException("fork was refused");
        if (child != 0) return;
        Kernel.Call(Kernel.SetSid);
        if (Kernel.Call(Kernel.Fork) != 0) Kernel.Call(Kernel.Exit);
        for (var number = 1; number < 32; number++) Kernel.signal(number, 1);
        Kernel.Call(Kernel.Write, 1, (nint)Unmanaged("daemonised\n"), 11);
        Sleep();
    }

    private static void Sleep()
    {
        while (true) Kernel.Call(Kernel.Pause);
    }
}
