using Sandbox.FakeWorker;

// What it shall do: a file "mode" beside it, for a pool that speaks to it at once; else the first line of its standard input.
var beside = Path.Combine(AppContext.BaseDirectory, "mode");
var words = (File.Exists(beside) ? File.ReadAllText(beside) : Pipe.ReadLine()).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
return words is ["on-execute", .. var behaviour] ? RpcBehaviour.Serve(["raw", .. behaviour])
    : RpcBehaviour.Knows(words) ? RpcBehaviour.Serve(words)
    : RawBehaviour.Run(words);
