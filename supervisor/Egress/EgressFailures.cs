using System.Security.Authentication;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Egress;

/// <summary>What went wrong beneath an HTTP client, in words that name the host.</summary>
internal static class EgressFailures
{
    public static EgressRefusedException Of(Exception exception, string host)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EgressRefusedException refused:
                    return refused;
                case AuthenticationException:
                    return new EgressRefusedException(
                        Codes.HttpError,
                        $"the certificate of {host} is not valid for it, or the secure connection failed; "
                        + "the server must show one that a public authority signed");
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return new EgressRefusedException(Codes.ResponseTooLarge, $"the headers of the answer of {host} are longer than 64 KB");
            }
        }

        return new EgressRefusedException(Codes.HttpError, exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
                or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
                => $"{host} closed the connection before its answer was complete",
            InvalidDataException => $"the answer of {host} is compressed in a way that cannot be read",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => $"{host} did not answer in HTTP",
            _ => $"the connection to {host} failed",
        });
    }
}
