// Made by scripts/generate.ts from the files of this folder. Do not edit.
import type { ActionCatalogue, ActionDefinition } from "../flow/action.ts";
import agentCallAction from "./agent_call.ts";
import amdAction from "./amd.ts";
import answerAction from "./answer.ts";
import beepAction from "./beep.ts";
import branchAction from "./branch.ts";
import callAction from "./call.ts";
import chatbotTalkAction from "./chatbot_talk.ts";
import conditionCallDigitsAction from "./condition_call_digits.ts";
import conditionCallStatusAction from "./condition_call_status.ts";
import conditionDatetimeAction from "./condition_datetime.ts";
import conditionVariableAction from "./condition_variable.ts";
import confbridgeJoinAction from "./confbridge_join.ts";
import conferenceJoinAction from "./conference_join.ts";
import connectAction from "./connect.ts";
import conversationSendAction from "./conversation_send.ts";
import digitsReceiveAction from "./digits_receive.ts";
import digitsSendAction from "./digits_send.ts";
import echoAction from "./echo.ts";
import externalMediaStartAction from "./external_media_start.ts";
import externalMediaStopAction from "./external_media_stop.ts";
import fetchAction from "./fetch.ts";
import fetchFlowAction from "./fetch_flow.ts";
import gotoAction from "./goto.ts";
import hangupAction from "./hangup.ts";
import hangupRelayAction from "./hangup_relay.ts";
import messageSendAction from "./message_send.ts";
import playAction from "./play.ts";
import queueJoinAction from "./queue_join.ts";
import recordingStartAction from "./recording_start.ts";
import recordingStopAction from "./recording_stop.ts";
import sleepAction from "./sleep.ts";
import stopAction from "./stop.ts";
import streamEchoAction from "./stream_echo.ts";
import talkAction from "./talk.ts";
import transcribeRecordingAction from "./transcribe_recording.ts";
import transcribeStartAction from "./transcribe_start.ts";
import transcribeStopAction from "./transcribe_stop.ts";
import variableSetAction from "./variable_set.ts";
import webhookSendAction from "./webhook_send.ts";

const definitions: readonly ActionDefinition[] = [
  agentCallAction,
  amdAction,
  answerAction,
  beepAction,
  branchAction,
  callAction,
  chatbotTalkAction,
  conditionCallDigitsAction,
  conditionCallStatusAction,
  conditionDatetimeAction,
  conditionVariableAction,
  confbridgeJoinAction,
  conferenceJoinAction,
  connectAction,
  conversationSendAction,
  digitsReceiveAction,
  digitsSendAction,
  echoAction,
  externalMediaStartAction,
  externalMediaStopAction,
  fetchAction,
  fetchFlowAction,
  gotoAction,
  hangupAction,
  hangupRelayAction,
  messageSendAction,
  playAction,
  queueJoinAction,
  recordingStartAction,
  recordingStopAction,
  sleepAction,
  stopAction,
  streamEchoAction,
  talkAction,
  transcribeRecordingAction,
  transcribeStartAction,
  transcribeStopAction,
  variableSetAction,
  webhookSendAction,
];

/** Every action by its type. */
export const actions: ActionCatalogue = new Map(definitions.map((definition) => [definition.type, definition]));

export type ActionType =
  | "agent_call"
  | "amd"
  | "answer"
  | "beep"
  | "branch"
  | "call"
  | "chatbot_talk"
  | "condition_call_digits"
  | "condition_call_status"
  | "condition_datetime"
  | "condition_variable"
  | "confbridge_join"
  | "conference_join"
  | "connect"
  | "conversation_send"
  | "digits_receive"
  | "digits_send"
  | "echo"
  | "external_media_start"
  | "external_media_stop"
  | "fetch"
  | "fetch_flow"
  | "goto"
  | "hangup"
  | "hangup_relay"
  | "message_send"
  | "play"
  | "queue_join"
  | "recording_start"
  | "recording_stop"
  | "sleep"
  | "stop"
  | "stream_echo"
  | "talk"
  | "transcribe_recording"
  | "transcribe_start"
  | "transcribe_stop"
  | "variable_set"
  | "webhook_send";
