using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Isolates;
using Sandbox.Worker.Language;
using Sandbox.Worker.Logs;
using Sandbox.Worker.Process;
using Sandbox.Worker.Rpc;

// The order matters: the pipe is moved away and the process closed before V8 is loaded, V8's flags are set before its first isolate.
ProtocolDescriptors descriptors;
RunningPage page;
try
{
    descriptors = ProtocolDescriptors.MoveAway();
    page = RunningPage.Open();
    ProcessHardening.Apply(args is [var descriptor] ? int.Parse(descriptor, System.Globalization.CultureInfo.InvariantCulture) : null);
    V8Settings.Apply();
}
catch (HardeningException exception)
{
    Console.Error.WriteLine($"The worker does not start: {exception.Message}");
    return 70;
}

var spares = new SpareEngines();
spares.Start();

var link = new HostLink();
var scheduler = new Scheduler(spares, link, TimeProvider.System);
// Without a supervisor there is nothing to run for.
var input = new PipeInput(descriptors.OwnInput(), "input", static () => Native.ExitNow(0));
var output = new PipeOutput(descriptors.OwnOutput(), "output", static () => Native.ExitNow(0));
using var rpc = new WorkerRpc(new CappedMessageHandler(output, input.Reader, RpcFormatter.Create(peerIsTrusted: true)));
rpc.AddLocalRpcTarget<IWorker>(new WorkerService(scheduler, spares, new SourceCheckThread(), page), null);
link.Start(rpc);
rpc.StartListening();
input.Start();
await rpc.Completion;
return 0;
