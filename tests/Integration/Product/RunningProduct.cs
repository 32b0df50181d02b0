using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Egress;

namespace Sandbox.Tests.Integration.Product;

/// <summary>The product as an operator starts it: the published supervisor with its embedded defaults, a data directory of its own and free ports.</summary>
internal sealed class RunningProduct : IAsyncDisposable
{
    private const int PortsFirst = 10_000;
    private const int PortsCount = 20_000;
    private static int s_port = Random.Shared.Next(PortsCount);
    private readonly StringBuilder _output = new();
    private readonly string _arguments;
    private Process? _process;

    private readonly LoopbackNetwork? _network;

    private RunningProduct(string dataDirectory, string arguments, int[] ports, LoopbackNetwork? network)
    {
        DataDirectory = dataDirectory;
        _arguments = arguments;
        _network = network;
        HttpClient[] clients =
        [
            .. ports.Select(port => new Uri($"http://127.0.0.1:{port}"))
                .Select(address => network?.Client(address) ?? new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) }),
        ];
        (Admin, Endpoints, Metrics) = (clients[0], clients[1], clients[2]);
    }

    public string DataDirectory { get; }
    public HttpClient Admin { get; }
    public HttpClient Endpoints { get; }
    public HttpClient Metrics { get; }
    public IReadOnlyDictionary<string, string> Env { get; private set; } = new Dictionary<string, string>();
    public int ProcessId => _process!.Id;
    public bool HasEnded => _process is null or { HasExited: true };

    /// <summary>What it printed so far.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Waits until it has printed the text: what it prints comes through a pipe, some time after what it answers.</summary>
    public async Task UntilPrintedAsync(string text, CancellationToken cancellationToken)
    {
        while (!Output.Contains(text, StringComparison.Ordinal)) await Task.Delay(20, cancellationToken);
    }

    public static string Root { get; } = FindRoot();

    /// <summary>Settings of every product that is started here; its own come after them.</summary>
    public static IReadOnlyList<string> Defaults { get; set; } = [];

    public static Task<RunningProduct> StartAsync(params string[] settings) => StartAsync(network: null, settings);

    /// <summary>As on a new machine: nothing is there yet.</summary>
    public static Task<RunningProduct> StartFreshAsync(params string[] settings) => StartAsync(network: null, isFresh: true, settings);

    /// <param name="network">Where it runs; null: where the tests do.</param>
    public static Task<RunningProduct> StartAsync(LoopbackNetwork? network, params string[] settings) =>
        StartAsync(network, isFresh: !PreparedData.Suits(settings), settings);

    private static async Task<RunningProduct> StartAsync(LoopbackNetwork? network, bool isFresh, string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
        if (!isFresh) await PreparedData.CopyToAsync(data);
        var ports = FreePorts(3);
        var arguments = string.Join(' ', new[]
        {
            $"--Sandbox:DataDirectory={data}",
            $"--Sandbox:Listen:Admin=http://127.0.0.1:{ports[0]}",
            $"--Sandbox:Listen:Endpoints=http://127.0.0.1:{ports[1]}",
            $"--Sandbox:Listen:Metrics=http://127.0.0.1:{ports[2]}",
        }.Concat(Defaults).Concat(settings));
        var product = new RunningProduct(data, arguments, ports, network);
        try
        {
            await product.StartProcessAsync();
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it (again) on the same data.</summary>
    public async Task StartProcessAsync()
    {
        string[] command = [.. _network?.Enter(Root) ?? [], "dotnet", Path.Combine(Root, "artifacts/supervisor/Sandbox.Supervisor.dll")];
        var start = new ProcessStartInfo(command[0], $"{string.Join(' ', command[1..])} {_arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Root,
        };
        if (_network is not null) start.Environment["SSL_CERT_FILE"] = _network.Authority.FilePath;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Append(e.Data);
        _process.ErrorDataReceived += (_, e) => Append(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The product ended with {_process.ExitCode}:\n{Output}");
            try
            {
                using var ready = await Admin.GetAsync("/readyz", timeout.Token);
                if (ready.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException e)
            {
                throw new InvalidOperationException($"The product was not ready in time:\n{Output}", e);
            }

            await Task.Delay(50, timeout.Token);
        }

        var env = Path.Combine(DataDirectory, "demo.env");
        Env = (File.Exists(env) ? await File.ReadAllLinesAsync(env, timeout.Token) : [])
            .Select(l => l.Replace("export ", "", StringComparison.Ordinal).Split('=', 2)).Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1].Trim('\'', '"'), StringComparer.Ordinal);
    }

    /// <summary>Ctrl-C; waits for the end and gives the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", $"-INT {_process!.Id}");
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    /// <summary>kill -9 of the supervisor alone.</summary>
    public async Task KillAsync()
    {
        using var kill = Process.Start("kill", $"-KILL {_process!.Id}");
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task<Tenant> CreateTenantAsync(string slug, int concurrency = 100, int perMinute = 10_000_000)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/v1/tenants", Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject
        {
            ["slug"] = slug,
            ["name"] = slug,
            ["limits"] = new JsonObject { ["concurrency"] = concurrency, ["executions_per_minute"] = perMinute },
        });
        await ExpectAsync(response, HttpStatusCode.Created);
        return new Tenant(this, slug);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, string? tenant, JsonNode? body, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (tenant is not null) request.Headers.Add("X-Tenant", tenant);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await Admin.SendAsync(request, cancellationToken);
    }

    /// <summary>A request to the endpoints listener with the demo tenant's token.</summary>
    public async Task<HttpResponseMessage> SendEndpointAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Env["SANDBOX_TOKEN"]);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await Endpoints.SendAsync(request);
    }

    public static async Task<JsonElement> ExpectAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != status) throw new InvalidOperationException($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {(int)response.StatusCode} where {(int)status} was expected: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2_000 }).RootElement.Clone();
    }

    /// <summary>Processes that belong to this product, by the data directory in their command line or their parent.</summary>
    public IReadOnlyList<ProcessFacts> Processes() => ProcessFacts.Below(_process!.Id, DataDirectory);

    public IReadOnlyList<ProcessFacts> Workers() => [.. Processes().Where(p => p.Name.StartsWith("Sandbox.Worker", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await InterruptAsync();
        _process?.Dispose();
        Admin.Dispose();
        Endpoints.Dispose();
        Metrics.Dispose();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }

    /// <summary>Below those that the system gives to whoever asks for any: nobody else is given one until the product listens on it.</summary>
    private static int[] FreePorts(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = PortsFirst + ((Interlocked.Increment(ref s_port) & int.MaxValue) % PortsCount);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }

        return [.. ports];
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Sandbox.sln"))) return directory.FullName;
        throw new InvalidOperationException("No Sandbox.sln above the tests.");
    }

    /// <summary>A tenant as its administrator uses it.</summary>
    internal sealed class Tenant(RunningProduct product, string slug)
    {
        public string Slug { get; } = slug;

        public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body = null, CancellationToken cancellationToken = default) =>
            product.SendAsync(method, $"/api/v1{path}", product.Env["SANDBOX_ADMIN_TOKEN"], Slug, body, cancellationToken);

        /// <summary>A request of <see cref="Request"/>.</summary>
        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => product.Admin.SendAsync(request, cancellationToken);

        /// <summary>A request whose body the test writes.</summary>
        public HttpRequestMessage Request(HttpMethod method, string path)
        {
            var request = new HttpRequestMessage(method, $"/api/v1{path}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", product.Env["SANDBOX_ADMIN_TOKEN"]);
            request.Headers.Add("X-Tenant", Slug);
            return request;
        }

        public async Task<JsonElement> CreateScriptAsync(string name, string kind, string source, JsonObject? limits = null, JsonObject? trigger = null, string? uses = null, JsonObject? retry = null)
        {
            var body = new JsonObject { ["name"] = name, ["kind"] = kind, ["source"] = source };
            if (limits is not null) body["limits"] = limits;
            if (trigger is not null) body["trigger"] = trigger;
            if (uses is not null) body["uses"] = JsonNode.Parse(uses);
            if (retry is not null) body["retry"] = retry;
            using var response = await SendAsync(HttpMethod.Post, "/scripts", body);
            return await ExpectAsync(response, HttpStatusCode.Created);
        }

        public Task<JsonElement> CreateEndpointAsync(string name, string path, string source, JsonObject? limits = null, string method = "GET") =>
            CreateScriptAsync(name, "http", source, limits, new JsonObject { ["path"] = path, ["methods"] = new JsonArray(method), ["auth"] = "public" });

        public async Task<JsonElement> InvokeAsync(string name, JsonNode? input = null, int? timeoutMs = null, CancellationToken cancellationToken = default)
        {
            var body = new JsonObject { ["input"] = input };
            if (timeoutMs is not null) body["timeout_ms"] = timeoutMs;
            using var response = await SendAsync(HttpMethod.Post, $"/scripts/{name}/invoke", body, cancellationToken);
            return await ExpectAsync(response, HttpStatusCode.OK);
        }

        public async Task<JsonElement> GetAsync(string path)
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            return await ExpectAsync(response, HttpStatusCode.OK);
        }

        public Task<HttpResponseMessage> CallAsync(string path, CancellationToken cancellationToken = default) =>
            product.Endpoints.GetAsync($"/t/{Slug}/api/scripts{path}", cancellationToken);
    }
}
