namespace Sandbox.Supervisor.Database;

/// <summary>What our PostgreSQL is started with; written anew at every start, so that an upgrade of the product takes effect.</summary>
internal static class EmbeddedPostgresSettings
{
    /// <summary>Name of the login we use; it owns nothing.</summary>
    public const string Login = "sandbox";

    public const string Database = "sandbox";

    /// <summary>The superuser that initdb makes; used to make the login and the roles, never for work.</summary>
    public const string Superuser = "postgres";

    /// <summary>postgresql.conf. Small at rest, sequential when written to: one process of ours writes history in batches.</summary>
    public static string Configuration(string socketDirectory, int connections) => $"""
        listen_addresses = ''
        unix_socket_directories = '{socketDirectory.Replace("'", "''", StringComparison.Ordinal)}'
        unix_socket_permissions = 0700
        max_connections = {connections + 10}
        superuser_reserved_connections = 3
        shared_buffers = 96MB
        huge_pages = off
        work_mem = 8MB
        maintenance_work_mem = 64MB
        temp_buffers = 1MB
        max_prepared_transactions = 0
        # What was acknowledged is on disk.
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        wal_level = minimal
        max_wal_senders = 0
        wal_buffers = 16MB
        min_wal_size = 128MB
        max_wal_size = 1GB
        checkpoint_timeout = 15min
        checkpoint_completion_target = 0.9
        # Two cores are shared with the workers: no parallel plans, no compilation of plans.
        max_worker_processes = 2
        max_parallel_workers_per_gather = 0
        max_parallel_maintenance_workers = 0
        max_logical_replication_workers = 0
        jit = off
        autovacuum_max_workers = 2
        autovacuum_naptime = 30s
        track_activity_query_size = 512
        # Statements carry tenants' data: never into a log.
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_min_messages = warning
        log_line_prefix = ''
        log_checkpoints = off
        log_autovacuum_min_duration = -1
        logging_collector = off
        log_destination = stderr
        lc_messages = 'C'
        timezone = 'UTC'
        log_timezone = 'UTC'
        password_encryption = 'scram-sha-256'

        """;

    /// <summary>pg_hba.conf: the kernel tells who is at the other end of the socket, and only we are let in.</summary>
    public const string HostBasedAuthentication = "local all all peer map=sandbox\n";

    /// <summary>pg_ident.conf.</summary>
    public static string Identities(string operatingSystemUser) => $"""
        sandbox "{operatingSystemUser}" {Login}
        sandbox "{operatingSystemUser}" {Superuser}

        """;
}
